import type { ReplicaView } from "@palate/recipe";

/** Items embedded at once. */
const BATCH = 16;
/** How long to wait after a failure, in milliseconds. */
const RETRY_MS = 10_000;

/**
 * Items whose texts an embedding model has yet to embed: those that changed since training, and those that arrive or change
 * while the model serves. This happens in the background, so that no answer waits for the embedding model.
 */
export class EmbeddingQueue {
  readonly #embed: (items: readonly number[]) => Promise<void>;
  readonly #complain: (problem: unknown) => void;
  readonly #stop: () => void;
  readonly #waiting = new Set<number>();
  #running = false;
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param embed embeds the texts of some items
   * @param complain called with an error, after which the same items are tried again in ten seconds
   */
  constructor(
    replica: ReplicaView,
    embed: (items: readonly number[]) => Promise<void>,
    complain: (problem: unknown) => void,
  ) {
    this.#embed = embed;
    this.#complain = complain;
    this.#stop = replica.onItemChange((item) => this.add(item));
  }

  /** Queues an item. */
  add(item: number): void {
    if (this.#closed) return;
    this.#waiting.add(item);
    if (!this.#running && this.#timer === undefined) void this.#go();
  }

  /** Does nothing: answers do not wait for the queue. */
  settle(): void {}

  /** Drops the queue and stops following the replica. */
  close(): void {
    this.#closed = true;
    this.#stop();
    this.#waiting.clear();
    clearTimeout(this.#timer);
  }

  async #go(): Promise<void> {
    this.#running = true;
    this.#timer = undefined;
    while (this.#waiting.size > 0 && this.#timer === undefined) {
      const items = [...this.#waiting].slice(0, BATCH);
      for (const item of items) this.#waiting.delete(item);
      try {
        await this.#embed(items);
      } catch (problem) {
        if (this.#closed) break;
        for (const item of items) this.#waiting.add(item);
        this.#complain(problem);
        this.#timer = setTimeout(() => void this.#go(), RETRY_MS).unref();
      }
    }
    this.#running = false;
  }
}
