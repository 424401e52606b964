/** Takes permits of a shared limit as fast as it may and says when: argv is folder, requests, perMs, count. */
import { sharedRateLimit } from '../../src/http/rate-limit';

const [folder, requests, perMs, count] = process.argv.slice(2);

async function main(): Promise<void> {
  const limit = sharedRateLimit(folder, 'shared', { requests: Number(requests), perMs: Number(perMs) });
  for (let i = 0; i < Number(count); i += 1) {
    await limit.acquire();
    console.log(Date.now());
  }
}

void main();
