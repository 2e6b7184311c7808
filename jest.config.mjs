export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*'],
  maxWorkers: 2,
  // A project's own is not heard when several run.
  testTimeout: 60_000,
  workerIdleMemoryLimit: '512MB',
};
