import { RecentMap } from "@palate/numeric";
import { instruments, traced } from "@palate/telemetry";

const CACHE = "user_state";

interface Entry {
  readonly version: number;
  readonly moment: number | string;
  readonly state: Float32Array | undefined;
}

/** Users' vectors by history version: computing one costs a forward pass, and most users ask again before they act again. */
export class UserStateCache {
  readonly #entries: RecentMap<number, Entry>;

  /** @param most users kept; the one that was computed longest ago makes room */
  constructor(most: number) {
    this.#entries = new RecentMap(most);
  }

  /**
   * The user's vector at this version of their history, computed when it is not at hand.
   * @param moment what else the vector depends on, such as how long ago the history ended, roughly. Default 0
   */
  get(
    user: number,
    version: number,
    compute: () => Float32Array | undefined,
    moment: number | string = 0,
  ): Float32Array | undefined {
    const held = this.#entries.get(user);
    const hit = held?.version === version && held.moment === moment;
    instruments.cacheLookups.add(1, CACHE, hit ? "hit" : "miss");
    if (hit) return held.state;
    const state = traced("palate.kernel.user_state", compute);
    this.#entries.set(user, { version, moment, state });
    return state;
  }
}
