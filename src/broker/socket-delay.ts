/**
 * The library leaves Nagle's algorithm on: a small message waits until the gateway's acknowledgement of the one before, which the system
 * delays by up to 40 ms. Measured: the second of two orders left 50 ms after the first.
 */
import type { IBApi } from '@stoqey/ib';
import { Socket } from 'node:net';

/** The library's own parts, which its types keep to themselves. */
interface WithSocket {
  readonly controller?: { readonly socket?: { readonly client?: unknown } };
}

/** Makes the connected socket send at once. False when this version of the library keeps its socket elsewhere: slower, nothing else. */
export function sendWithoutDelay(api: IBApi): boolean {
  const socket = (api as unknown as WithSocket).controller?.socket?.client;
  if (!(socket instanceof Socket)) return false;
  socket.setNoDelay(true);
  return true;
}
