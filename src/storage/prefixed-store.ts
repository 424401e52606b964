/** A part of a store that looks like a whole one: every key under a prefix. What is tried out stays apart from what may be used. */
import type { ObjectStore } from './object-store';

/** `prefix` ends with a slash. Failures pass through with the whole key. */
export function prefixedStore(store: ObjectStore, prefix: string): ObjectStore {
  const whole = (key: string): string => `${prefix}${key}`;
  const { localFile, createAll } = store;
  return {
    location: `${store.location}/${prefix.replace(/\/$/, '')}`,
    put: (key, bytes) => store.put(whole(key), bytes),
    create: (key, bytes) => store.create(whole(key), bytes),
    get: (key) => store.get(whole(key)),
    exists: (key) => store.exists(whole(key)),
    list: async (under) => (await store.list(whole(under))).map((key) => key.slice(prefix.length)),
    delete: (key) => store.delete(whole(key)),
    ...(createAll && {
      createAll: (entries) => createAll(entries.map(({ key, bytes }) => ({ key: whole(key), bytes }))),
    }),
    ...(localFile && { localFile: (key) => localFile(whole(key)) }),
  };
}
