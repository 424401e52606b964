/** Which ids belong to a key, so that a day of thousands of orders is looked up by a map read. */
export class IdsByKey<Key, Id> {
  private readonly sets = new Map<Key, Set<Id>>();

  add(key: Key, id: Id): void {
    const known = this.sets.get(key);
    if (known === undefined) this.sets.set(key, new Set([id]));
    else known.add(id);
  }

  remove(key: Key, id: Id): void {
    const known = this.sets.get(key);
    known?.delete(id);
    if (known?.size === 0) this.sets.delete(key);
  }

  of(key: Key): readonly Id[] {
    return [...(this.sets.get(key) ?? [])];
  }
}
