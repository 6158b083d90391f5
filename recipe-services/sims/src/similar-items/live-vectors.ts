import type { Embedders } from "@palate/features";
import type { SparseRow } from "@palate/numeric";
import type { ItemBinding, ReplicaView } from "@palate/recipe";
import { openAgain } from "../embedding/used-embedding.js";
import { EmbeddingQueue } from "../vectors/embedding-queue.js";
import { fingerprintOf } from "../vectors/fingerprint.js";
import { LiveItems } from "../vectors/live-items.js";
import { VectorIndex } from "../vectors/vector-index.js";
import type { LoadedSimilarItems } from "./artifact.js";
import { dimensionsOf, itemVector } from "./item-space.js";

/**
 * The vectors of a replica's items, by replica index: those of the training where an item's metadata are still the same. All
 * other items are encoded as they come.
 */
export class LiveVectors {
  /** The vectors that items are compared by. */
  readonly index: VectorIndex;
  readonly #model: LoadedSimilarItems;
  readonly #binding: ItemBinding;
  readonly #replica: ReplicaView;
  readonly #embedders: Embedders;
  readonly #live: LiveItems | EmbeddingQueue;

  /**
   * @param binding of the model's items to the replica's
   * @param embedders the available embedding models; opened only when there is a text to embed
   */
  constructor(model: LoadedSimilarItems, binding: ItemBinding, replica: ReplicaView, embedders: Embedders) {
    this.#model = model;
    this.#binding = binding;
    this.#replica = replica;
    this.#embedders = embedders;
    this.index = new VectorIndex(dimensionsOf(model.space), replica.itemCount);
    this.#live =
      model.embedding === null
        ? new LiveItems(replica, (item) => this.#encode(item))
        : new EmbeddingQueue(
            replica,
            (items) => this.#embedAndEncode(items),
            (problem) => embedders.complain(problem),
          );
    this.#fill();
  }

  /** Encodes what has to be in the next answer: a few waiting items, the query item among them. */
  settle(queryItem: number): void {
    this.#live.settle(queryItem);
  }

  /** Features of an item's metadata as they are now. */
  featuresOf(item: number): SparseRow {
    return this.#model.space.encoder.encode((column) => this.#replica.itemAttribute(item, column));
  }

  /** Stops following the replica. */
  close(): void {
    this.#live.close();
  }

  #fill(): void {
    const { vectors, fingerprints, space } = this.#model;
    const { columns } = space.encoder;
    const width = dimensionsOf(space);
    for (let item = 0; item < this.#replica.itemCount; item++) {
      const row = this.#binding.modelIndex(item);
      const unchanged =
        row >= 0 &&
        fingerprints[row] === fingerprintOf(columns.map((column) => this.#replica.itemAttribute(item, column)));
      if (unchanged) this.index.set(item, vectors.subarray(row * width, (row + 1) * width));
      else this.#live.add(item);
    }
  }

  #encode(item: number): void {
    const { lists, counts, learned, space } = this.#model;
    const { idDimensions } = space;
    const row = this.#binding.modelIndex(item);
    const isLearned = row >= 0 && lists.offsets[row + 1]! > lists.offsets[row]!;
    const embedding = isLearned ? learned.subarray(row * idDimensions, (row + 1) * idDimensions) : null;
    this.index.set(item, itemVector(space, this.featuresOf(item), embedding, row < 0 ? 0 : counts[row]!));
  }

  async #embedAndEncode(items: readonly number[]): Promise<void> {
    const { texts, embedding, space } = this.#model;
    const { textColumns } = space.encoder;
    try {
      const values = items.flatMap((item) => textColumns.map((column) => this.#replica.itemAttribute(item, column)));
      await texts!.read(values, await openAgain(embedding!, this.#embedders));
    } finally {
      // Where the texts cannot be embedded, items are encoded without them until they can.
      for (const item of items) this.#encode(item);
      texts!.forget();
    }
  }
}
