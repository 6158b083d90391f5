import type { Objective, ReplicaView } from "@palate/recipe";

/**
 * The difference in the logarithm of the probability between the items with the highest and the lowest value: at MEDIUM about the
 * difference between the first and the tenth item of a good list.
 */
const STRENGTH = { OFF: 0, LOW: 1, MEDIUM: 2, HIGH: 4 } as const;

/** Milliseconds after which the items' values are read again. */
const RENEWAL_MS = 2000;

/** What the optimisation objective adds to the scores of items: by rank, so that units and outliers do not matter. */
export class ObjectiveBoost {
  readonly #objective: Objective;
  readonly #replica: ReplicaView;
  readonly #now: () => number;
  #boosts: Float32Array = new Float32Array(0);
  #computedAt = -Infinity;

  /** @param now a clock in milliseconds that never goes back */
  constructor(objective: Objective, replica: ReplicaView, now: () => number = () => performance.now()) {
    this.#objective = objective;
    this.#replica = replica;
    this.#now = now;
  }

  /**
   * Adds the boost of each item.
   * @param scores by the model's item number
   * @param replicaIndex the replica's index of a model's item, -1 if it has none
   * @param inverseTemperature factor that makes logarithms of probabilities of the scores
   */
  addTo(scores: Float32Array, replicaIndex: (item: number) => number, inverseTemperature: number): void {
    if (this.#objective.sensitivity === "OFF") return;
    if (this.#boosts.length !== scores.length || this.#now() - this.#computedAt > RENEWAL_MS) {
      this.#boosts = this.#computed(scores.length, replicaIndex);
      this.#computedAt = this.#now();
    }
    for (let item = 0; item < scores.length; item++) scores[item]! += this.#boosts[item]! / inverseTemperature;
  }

  #computed(count: number, replicaIndex: (item: number) => number): Float32Array {
    const { column, sensitivity } = this.#objective;
    const values = Float64Array.from({ length: count }, (_, item) => {
      const index = replicaIndex(item);
      const text = index < 0 ? "" : this.#replica.itemAttribute(index, column);
      return text === "" ? Number.NaN : Number(text);
    });
    const known = values.filter((value) => !Number.isNaN(value)).sort();
    // Items without a value get no boost, as those in the middle.
    return Float32Array.from(values, (value) => {
      if (Number.isNaN(value) || known.length < 2) return 0;
      const rank = (countBelow(known, value, false) + countBelow(known, value, true) - 1) / 2;
      return STRENGTH[sensitivity] * (rank / (known.length - 1) - 0.5);
    });
  }
}

/** The number of ascending values below a value, or equal to it as well. */
function countBelow(ascending: Float64Array, value: number, orEqual: boolean): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < value || (orEqual && ascending[middle] === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
