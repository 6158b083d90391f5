import type { Objective, ReplicaView } from "@palate/recipe";

/**
 * By how much the logarithm of an item's probability rises from the item with the least of the objective to that with the
 * most: at MEDIUM about as much as it differs between the first and the tenth of a list of good recommendations.
 */
const STRENGTH = { OFF: 0, LOW: 1, MEDIUM: 2, HIGH: 4 } as const;

/** Milliseconds for which values are taken to be what they were. */
const RENEWAL_MS = 2000;

/** What a solution's objective adds to the scores of items: by rank, so that units and outliers do not matter. */
export class ObjectiveBoost {
  readonly #objective: Objective;
  readonly #replica: ReplicaView;
  readonly #now: () => number;
  #lifts: Float32Array = new Float32Array(0);
  #madeAt = -Infinity;

  /** @param now a clock in milliseconds that never goes back */
  constructor(objective: Objective, replica: ReplicaView, now: () => number = () => performance.now()) {
    this.#objective = objective;
    this.#replica = replica;
    this.#now = now;
  }

  /**
   * Adds what the objective makes of each item.
   * @param scores by the model's item number
   * @param replicaIndex the replica's index of a model's item, -1 if it has none
   * @param inverseTemperature by which scores are multiplied to be logarithms of probabilities
   */
  addTo(scores: Float32Array, replicaIndex: (item: number) => number, inverseTemperature: number): void {
    if (this.#objective.sensitivity === "OFF") return;
    if (this.#lifts.length !== scores.length || this.#now() - this.#madeAt > RENEWAL_MS) {
      this.#lifts = this.#made(scores.length, replicaIndex);
      this.#madeAt = this.#now();
    }
    for (let item = 0; item < scores.length; item++) scores[item]! += this.#lifts[item]! / inverseTemperature;
  }

  #made(count: number, replicaIndex: (item: number) => number): Float32Array {
    const { column, sensitivity } = this.#objective;
    const values = Float64Array.from({ length: count }, (_, item) => {
      const index = replicaIndex(item);
      const text = index < 0 ? "" : this.#replica.itemAttribute(index, column);
      return text === "" ? Number.NaN : Number(text);
    });
    const known = values.filter((value) => !Number.isNaN(value)).sort();
    // Items without a value stand in the middle.
    return Float32Array.from(values, (value) => {
      if (Number.isNaN(value) || known.length < 2) return 0;
      const rank = (countBelow(known, value, false) + countBelow(known, value, true) - 1) / 2;
      return STRENGTH[sensitivity] * (rank / (known.length - 1) - 0.5);
    });
  }
}

/** How many of the ascending values are less than one, or at most as much. */
function countBelow(ascending: Float64Array, value: number, orEqual: boolean): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! < value || (orEqual && ascending[middle] === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
