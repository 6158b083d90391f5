import type { ReplicaView } from "../data/replica-view.js";

/**
 * Ties a model's own item indices to those of a replica, by external id. A replica only grows, so an item that arrives
 * after the model was loaded is looked up once, when it is first asked about.
 */
export class ItemBinding {
  readonly #modelIndices: ReadonlyMap<string, number>;
  readonly #toReplica: number[];
  #toModel = new Int32Array(0);
  #known = 0;
  readonly #absent = new Set<number>();

  /** @param itemIds external id of each of the model's items */
  constructor(
    itemIds: readonly string[],
    private readonly replica: ReplicaView,
  ) {
    this.#modelIndices = new Map(itemIds.map((id, index) => [id, index]));
    this.#toReplica = Array.from(itemIds, () => -1);
    this.#extend();
    this.#toReplica.forEach((index, own) => index < 0 && this.#absent.add(own));
  }

  #extend(): void {
    const { itemCount } = this.replica;
    if (itemCount <= this.#known) return;
    if (itemCount > this.#toModel.length) {
      // Doubled, so that a stream of new items costs constant time each.
      const longer = new Int32Array(Math.max(itemCount, 2 * this.#toModel.length));
      longer.set(this.#toModel);
      this.#toModel = longer;
    }
    for (let index = this.#known; index < itemCount; index++) {
      const own = this.#modelIndices.get(this.replica.itemId(index)) ?? -1;
      this.#toModel[index] = own;
      if (own < 0) continue;
      this.#toReplica[own] = index;
      this.#absent.delete(own);
    }
    this.#known = itemCount;
  }

  /** The model's index of a replica item; -1 when the model does not know it. */
  modelIndex(replicaIndex: number): number {
    this.#extend();
    return replicaIndex >= 0 && replicaIndex < this.#known ? this.#toModel[replicaIndex]! : -1;
  }

  /**
   * Gives a replica item that the model does not know an index of its own, behind all others.
   * @returns that index
   */
  append(replicaIndex: number): number {
    this.#extend();
    this.#toModel[replicaIndex] = this.#toReplica.length;
    return this.#toReplica.push(replicaIndex) - 1;
  }

  /** The model's items that the replica does not hold; hardly ever any. */
  get absent(): ReadonlySet<number> {
    this.#extend();
    return this.#absent;
  }

  /** The replica's index of a model item; -1 when the replica does not hold it. */
  replicaIndex(modelIndex: number): number {
    return this.#toReplica[modelIndex] ?? -1;
  }
}
