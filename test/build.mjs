/** Before the first test file: dist/ and the workflow bundle, which tests load as the processes do, are of the sources of now. */
import { ensureBuilt } from '../scripts/build.mjs';

export default async function build() {
  await ensureBuilt();
}
