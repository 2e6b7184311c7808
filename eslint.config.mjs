import nx from '@nx/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { sqlInStores } from './tools/lint-rules/sql-in-stores.mjs';

const specs = ['**/*.spec.ts', '**/test/**'];
const limits = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 50 }],
  'max-params': ['error', { max: 4 }],
  complexity: ['error', { max: 15, variant: 'modified' }],
};

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name; a default export has no name to search for.',
};
const noExportAll = { selector: 'ExportAllDeclaration', message: 'Export each thing where it is made; no barrels.' };
const noEnvironment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Only service-kit/src/settings.ts reads the environment; take the setting as an argument.',
};
const pure = [
  {
    selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'Take `now` as an argument; the domain has no clock.',
  },
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'Take `now` as an argument; the domain has no clock.',
  },
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'The same facts must give the same result: no randomness in the domain.',
  },
  { selector: ':function[async=true]', message: 'The domain decides at once; waiting is for the services.' },
];
const noKafka = { name: 'kafkajs', message: 'Only libs/messaging/src/kafka-client.ts knows kafkajs.' };
const noRedis = { name: 'ioredis', message: 'Only libs/service-kit/src/redis-connection.ts knows ioredis.' };
const noDriver = { name: 'pg', message: 'Only libs/persistence knows the database driver.' };

/** What a project may depend on, by tag (`nx.tags` in its package.json). Nobody may depend on a service or an application. */
const layers = [
  { from: 'type:contracts', to: [], allow: ['@sinclair/typebox'] },
  { from: 'type:domain', to: ['type:contracts'] },
  { from: 'type:observability', to: [] },
  { from: 'type:persistence', to: ['type:observability'] },
  { from: 'type:messaging', to: ['type:contracts', 'type:persistence', 'type:observability'] },
  { from: 'type:service-kit', to: ['type:contracts', 'type:messaging', 'type:persistence', 'type:observability'] },
  {
    from: 'type:service',
    to: [
      'type:contracts',
      'type:domain',
      'type:messaging',
      'type:persistence',
      'type:observability',
      'type:service-kit',
    ],
  },
  {
    from: 'type:app',
    to: [
      'type:contracts',
      'type:domain',
      'type:persistence',
      'type:observability',
      'type:messaging',
      'type:service',
      'type:service-kit',
    ],
  },
  {
    from: 'type:bench',
    to: ['type:contracts', 'type:persistence', 'type:messaging', 'type:service-kit', 'type:testing'],
  },
  { from: 'type:console', to: ['type:contracts', 'type:domain'] },
  {
    from: 'type:testing',
    to: [
      'type:contracts',
      'type:domain',
      'type:messaging',
      'type:persistence',
      'type:observability',
      'type:service-kit',
    ],
  },
];

/** Specs may also use `testing`, and what they test together. */
const testLayers = layers.map(({ from, to }) => ({
  from,
  to: [...to, 'type:testing', 'type:messaging', 'type:persistence', 'type:observability', 'type:service-kit'],
}));

/** The specs of a library use `testing`, which is made of that library: a circle of projects, but of no files (dependency-cruiser). */
const ignoredCircularDependencies = ['persistence', 'messaging', 'service-kit', 'domain', 'observability'].map(
  (library) => [`@baton/${library}`, '@baton/testing'],
);

function boundaries(rows) {
  const depConstraints = rows.map(({ from, to, allow }) => ({
    sourceTag: from,
    onlyDependOnLibsWithTags: to,
    ...(allow ? { allowedExternalImports: allow } : {}),
  }));
  return [
    'error',
    {
      enforceBuildableLibDependency: false,
      allow: [],
      depConstraints,
      allowCircularSelfDependency: true,
      checkDynamicDependenciesExceptions: ['.*'],
      ignoredCircularDependencies,
    },
  ];
}

export default defineConfig(
  { plugins: { '@nx': nx, baton: { rules: { 'sql-in-stores': sqlInStores } } } },
  globalIgnores([
    '**/dist/',
    '**/out-tsc/',
    '.nx/',
    '**/coverage/',
    '**/reports/',
    '**/test-results/',
    '**/.baton/',
    'libs/contracts/generated/',
    '**/*.config.mjs',
    'jest.preset.mjs',
    'libs/testing/src/*.mjs',
    '**/.stryker-tmp/',
  ]),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    rules: {
      ...limits,
      '@nx/enforce-module-boundaries': boundaries(layers),
      'baton/sql-in-stores': 'error',
      'no-restricted-syntax': ['error', noDefaultExport, noExportAll, noEnvironment],
      'no-restricted-imports': ['error', { paths: [noKafka, noDriver, noRedis] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-syntax': ['error', noDefaultExport, noExportAll, noEnvironment, ...pure],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'The domain runs in the browser too: no node modules.' }] },
      ],
    },
  },
  {
    files: ['libs/contracts/src/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'Contracts are read by browsers too: no node modules.' }] },
      ],
    },
  },
  {
    files: ['libs/persistence/**', '**/*-store.ts', '**/migrations/**', '**/*-schema.ts'],
    rules: { 'baton/sql-in-stores': 'off' },
  },
  {
    files: ['libs/persistence/src/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [noKafka, noRedis] }] },
  },
  {
    files: ['libs/service-kit/src/redis-connection.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [noKafka, noDriver] }] },
  },
  {
    files: ['libs/messaging/src/kafka-client.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [noDriver, noRedis] }] },
  },
  {
    files: ['libs/service-kit/src/settings.ts', 'libs/testing/**'],
    rules: { 'no-restricted-syntax': ['error', noDefaultExport, noExportAll] },
  },
  {
    files: specs,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      'baton/sql-in-stores': 'off',
      'no-restricted-syntax': ['error', noExportAll],
      'no-restricted-imports': 'off',
      '@nx/enforce-module-boundaries': boundaries(testLayers),
    },
  },
  { files: ['libs/contracts/test/generated.spec.ts'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  { files: ['**/vite.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
