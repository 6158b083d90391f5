import type { ReplicaView } from "@palate/recipe";

/** Items handled at once, in the background and before an answer. */
const BATCH = 100;

/**
 * Items whose metadata a model has yet to encode: those that changed since it was trained, and those that arrive or change
 * while it serves. They are encoded in the background, a batch at a time. The few that a request finds waiting are encoded
 * before it is answered, so that the next answer knows every item that was put.
 */
export class LiveItems {
  readonly #encode: (item: number) => void;
  readonly #stop: () => void;
  readonly #waiting = new Set<number>();
  #timer: NodeJS.Immediate | undefined;

  /** @param encode encodes one item's metadata */
  constructor(replica: ReplicaView, encode: (item: number) => void) {
    this.#encode = encode;
    this.#stop = replica.onItemChange((item) => this.add(item));
  }

  /** Queues an item. */
  add(item: number): void {
    this.#waiting.add(item);
    this.#timer ??= setImmediate(() => this.#go());
    this.#timer.unref();
  }

  /**
   * Encodes a batch of the waiting items, always including the query item.
   * @param queryItem replica item index, or -1
   */
  settle(queryItem: number): void {
    if (this.#waiting.size === 0) return;
    if (this.#waiting.delete(queryItem)) this.#encode(queryItem);
    let count = 0;
    for (const item of this.#waiting) {
      if (count++ === BATCH) break;
      this.#waiting.delete(item);
      this.#encode(item);
    }
  }

  /** Drops the queue and stops following the replica. */
  close(): void {
    this.#stop();
    this.#waiting.clear();
    if (this.#timer !== undefined) clearImmediate(this.#timer);
  }

  #go(): void {
    this.#timer = undefined;
    this.settle(-1);
    if (this.#waiting.size > 0) this.#timer = setImmediate(() => this.#go());
  }
}
