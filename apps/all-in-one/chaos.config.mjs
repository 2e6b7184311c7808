import preset from '../../jest.preset.mjs';

// The attack takes minutes and the whole machine: `npm run test:chaos` runs it, never the run of all tests.
export default { ...preset('chaos'), testMatch: ['<rootDir>/test/chaos/attack.ts'] };
