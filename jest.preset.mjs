import { fileURLToPath } from 'node:url';

const testing = (file) => fileURLToPath(new URL(`libs/testing/src/${file}`, import.meta.url));

// One configuration for every project: ESM sources through swc, no build needed before a test.
export default (displayName) => ({
  displayName,
  testEnvironment: 'node',
  // Tests wait for conditions on real servers; a busy machine needs its time, a passing test does not take it.
  testTimeout: 60_000,
  // The same file in every project: jest runs it once per run, however many projects take part.
  globalSetup: testing('jest-global-setup.mjs'),
  globalTeardown: testing('jest-global-teardown.mjs'),
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@baton/source', 'node'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
});
