// Layers and circles at the level of files; Nx tags (eslint.config.mjs) hold them at the level of projects.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      severity: 'error',
      comment: 'Files that need each other are one file, or miss a third.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-alone',
      severity: 'error',
      comment: 'The domain imports its own files, contracts and pure parsers.',
      from: { path: '^libs/domain/src', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs/(?!domain|contracts)|apps/)' },
    },
    {
      name: 'service-alone',
      severity: 'error',
      comment: 'Services speak through topics.',
      from: { path: '^apps/(ingest|scoring|qualification|routing|sla-monitor|reporting|connectors)/src' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'sources-without-tests',
      severity: 'error',
      comment: 'Tests import sources, never the reverse.',
      from: { path: '^(libs|apps)/[^/]+/src', pathNot: '\\.spec\\.tsx?$' },
      to: { path: '(\\.spec\\.tsx?$|^(libs|apps)/[^/]+/test/)' },
    },
    {
      name: 'testing-in-tests',
      severity: 'error',
      comment: 'Sources do not lean on test support; the bench starts real parts as tests do.',
      from: { path: '^(libs|apps)/[^/]+/src', pathNot: '(\\.spec\\.tsx?$|^libs/testing/|^apps/bench/)' },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'one-kafka',
      severity: 'error',
      comment: 'One file knows kafkajs, and the tests that play a foreign client.',
      from: { pathNot: '(^libs/messaging/src/kafka-client\\.ts$|^(libs|apps)/[^/]+/test/)' },
      to: { path: 'node_modules/kafkajs' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|out-tsc|test-results|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@baton/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
    },
  },
};
