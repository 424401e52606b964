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

/** Null when this version of the library keeps its socket elsewhere: slower, nothing else. */
function socketOf(api: IBApi): Socket | null {
  const socket = (api as unknown as WithSocket).controller?.socket?.client;
  return socket instanceof Socket ? socket : null;
}

/** Makes the connected socket send at once; false when there is no way to. */
export function sendWithoutDelay(api: IBApi): boolean {
  const socket = socketOf(api);
  socket?.setNoDelay(true);
  return socket !== null;
}

/** The messages of one call leave in one piece, before this returns: a bracket is not three packets. */
export function sendTogether(api: IBApi, call: (api: IBApi) => void): void {
  const socket = socketOf(api);
  socket?.cork();
  try {
    call(api);
  } finally {
    socket?.uncork();
  }
}
