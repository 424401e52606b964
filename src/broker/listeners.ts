/** Those who want to hear of something; one that throws costs neither the others their news nor the socket its data. */

export class Listeners<T> {
  private readonly all = new Set<(value: T) => void>();

  constructor(private readonly failed: (error: unknown) => void) {}

  /** Returns the function that ends it. */
  add(listener: (value: T) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(value: T): void {
    for (const listener of this.all) {
      try {
        listener(value);
      } catch (error) {
        this.failed(error);
      }
    }
  }
}
