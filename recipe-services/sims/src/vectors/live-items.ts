import type { ReplicaView } from "@palate/recipe";

/** Items taken in one go, in the background and before an answer. */
const BATCH = 100;

/**
 * Items whose metadata a model has yet to look at: those that changed since it was trained, and those that arrive or change
 * while it serves. They are looked at in the background, a batch at a time; the few that a request finds waiting are looked
 * at before it is answered, so that what was put is in the next answer.
 */
export class LiveItems {
  readonly #look: (item: number) => void;
  readonly #stop: () => void;
  readonly #waiting = new Set<number>();
  #timer: NodeJS.Immediate | undefined;

  /** @param look takes in one item's metadata */
  constructor(replica: ReplicaView, look: (item: number) => void) {
    this.#look = look;
    this.#stop = replica.onItemChange?.((item) => this.add(item)) ?? (() => {});
  }

  /** Has an item looked at soon. */
  add(item: number): void {
    this.#waiting.add(item);
    this.#timer ??= setImmediate(() => this.#go());
    this.#timer.unref();
  }

  /**
   * Looks at what waits: a batch of it, and this item in any case.
   * @param asked replica item index, or -1
   */
  settle(asked: number): void {
    if (this.#waiting.size === 0) return;
    if (this.#waiting.delete(asked)) this.#look(asked);
    let count = 0;
    for (const item of this.#waiting) {
      if (count++ === BATCH) break;
      this.#waiting.delete(item);
      this.#look(item);
    }
  }

  /** Looks no more. */
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
