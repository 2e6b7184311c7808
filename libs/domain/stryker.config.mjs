// `npm run mutate`: changes the domain's code line by line and lists the changes that no test notices.
import jestConfig from './jest.config.mjs';

// No test of the domain needs a database.
const { globalSetup: _setup, globalTeardown: _teardown, ...config } = jestConfig;

/** A project's share of the copy in which the mutants run; packages are linked into it. */
const needed = [
  'libs/domain/src',
  'libs/domain/test',
  'libs/domain/presets',
  'libs/domain/package.json',
  'package.json',
];

export default {
  mutate: ['libs/domain/src/**/*.ts', '!**/*.spec.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules'],
  jest: { projectType: 'custom', config: { ...config, rootDir: 'libs/domain' } },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  ignorePatterns: ['/**', ...needed.flatMap((path) => [`!/${path}`, `!/${path}/**`])],
  tempDirName: '.stryker-tmp',
  reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
  htmlReporter: { fileName: 'reports/mutation/domain.html' },
  jsonReporter: { fileName: 'reports/mutation/domain.json' },
  // Long enough that a busy machine does not look like an endless loop, which would count as noticed.
  timeoutMS: 60_000,
  ignoreStatic: true,
};
