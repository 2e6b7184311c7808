import preset from '../../jest.preset.mjs';

export default { ...preset('console'), globalSetup: '<rootDir>/test/build-site.mjs' };
