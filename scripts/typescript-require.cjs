/** Lets `require` load this repository's TypeScript directly: for benches and drills, which are run from source and never shipped. */
const { join, sep } = require('node:path');
const { transformFileSync } = require('@swc/core');

const root = join(__dirname, '..');

require.extensions['.ts'] = (module, file) => {
  if (!file.startsWith(root + sep) || file.includes(`${sep}node_modules${sep}`)) {
    throw new Error(`${file} is outside this repository: it is not compiled here`);
  }
  const { code } = transformFileSync(file, { configFile: join(root, '.swcrc'), root, sourceMaps: 'inline' });
  module._compile(code, file);
};
