const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** As the build compiles: a test file loads those packages only that it comes to use. */
const swc = {
  ...JSON.parse(readFileSync(join(__dirname, '.swcrc'), 'utf8')),
  module: { type: 'commonjs', lazy: true },
};

/** Unit, property, integration and replay tests in one command; long drills and benches are their own commands. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/test/drills/', '/test/clients/'],
  testSequencer: '<rootDir>/test/slowest-first.cjs',
  globalSetup: '<rootDir>/test/build.mjs',
  // A module of a test looks these up in the test's own global object at every use, which made loops over numbers several times slower.
  sandboxInjectedGlobals: [
    'Math',
    'Number',
    'Infinity',
    'Array',
    'Object',
    'Map',
    'Set',
    'Float64Array',
    'Float32Array',
    'Int32Array',
  ],
  setupFiles: ['<rootDir>/test/host-typed-arrays.cjs'],
  // ES modules of the dependencies that Node itself can `require` and jest cannot.
  transform: {
    '^.+\\.ts$': ['@swc/jest', swc],
    '/node_modules/(@bsull|hyparquet|hyparquet-writer)/.+\\.js$': ['@swc/jest', {}],
  },
  transformIgnorePatterns: ['/node_modules/(?!(@bsull|hyparquet|hyparquet-writer)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testTimeout: 60_000,
  // One more than the two cores that the suite is timed on: workers wait for timers, processes and disks.
  maxWorkers: 3,
};
