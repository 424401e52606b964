/** Lets a child process of a test run the project's TypeScript as it is: `node -r ./test/typescript-register.cjs child.ts`. */
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, filename) => module._compile(transformFileSync(filename).code, filename);
