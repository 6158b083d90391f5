import { ItemBinding, type ReplicaView } from "@palate/recipe";
import { eachUser } from "../histories.js";
import type { ClusteringModel } from "./artifact.js";
import { assign } from "./k-means.js";
import { addUser } from "./model.js";

/** The cluster of each user of a live replica; users are assigned again when their history has changed. */
export class ClusterMembers {
  readonly #model: ClusteringModel;
  readonly #replica: ReplicaView;
  readonly #binding: ItemBinding;
  readonly #vector: Float32Array;
  #clusters = new Int16Array(0);
  #cosines = new Float32Array(0);
  #versions = new Float64Array(0);

  constructor(model: ClusteringModel, replica: ReplicaView) {
    this.#model = model;
    this.#replica = replica;
    this.#binding = new ItemBinding(model.itemIds, replica);
    this.#vector = new Float32Array(model.dimensions);
  }

  /** Cluster by user index; -1 for users without known items. Users beyond its length have none either. */
  get clusters(): Int16Array {
    return this.#clusters;
  }

  /** Cosine of each user and the centre of their cluster. */
  get cosines(): Float32Array {
    return this.#cosines;
  }

  /** Assigns all users whose histories have changed, yielding now and then. */
  *update(): Generator<void, void> {
    this.#ensureCapacity();
    const vectors = { values: this.#vector, dimensions: this.#model.dimensions, count: 1 };
    yield* eachUser(this.#replica, (user, items, begin, end) => {
      const version = this.#replica.historyVersion(user);
      if (user >= this.#versions.length || version === this.#versions[user]) return;
      this.#versions[user] = version;
      const known = Array.from(items.subarray(begin, end), (item) => this.#binding.modelIndex(item)).filter(
        (item) => item >= 0,
      );
      if (known.length === 0) return;
      addUser(this.#model, known, this.#vector, 0);
      const { centers, nearest } = assign(vectors, this.#model.centers);
      this.#clusters[user] = centers[0]!;
      this.#cosines[user] = nearest[0]!;
    });
  }

  #ensureCapacity(): void {
    const { userCount } = this.#replica;
    const before = this.#clusters.length;
    if (userCount <= before) return;
    // Doubled, so that a stream of new users costs constant time each.
    const capacity = Math.max(userCount, 2 * before);
    const clusters = new Int16Array(capacity).fill(-1);
    clusters.set(this.#clusters);
    const cosines = new Float32Array(capacity);
    cosines.set(this.#cosines);
    const versions = new Float64Array(capacity).fill(-1);
    versions.set(this.#versions);
    [this.#clusters, this.#cosines, this.#versions] = [clusters, cosines, versions];
  }
}
