export default {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*'],
  maxWorkers: 2,
  workerIdleMemoryLimit: '512MB',
};
