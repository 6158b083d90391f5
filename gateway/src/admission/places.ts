import { PalateError } from "@palate/host";

/** A caller may hold this share of the places, so that there are some for others. */
const CALLERS_SHARE = 0.5;
const RETRY_AFTER_SECONDS = 5;

/** A bounded number of things that take long, such as streams, or of bytes, of which a caller may hold half. */
export class Places {
  readonly #what: string;
  readonly #most: number;
  readonly #held = new Map<string, number>();
  #taken = 0;

  /**
   * @param what what they are called: "subscriptions"
   * @param most how many there may be at a time
   */
  constructor(what: string, most: number) {
    this.#what = what;
    this.#most = most;
  }

  /**
   * Takes a place, or so many. A caller that holds none gets them if there are any.
   * @returns gives it back; more than once is once
   * @throws PalateError `resource_exhausted` when the caller holds half of them, `unavailable` when there is none left
   */
  take(caller: string, amount = 1): () => void {
    const held = this.#held.get(caller) ?? 0;
    const share = Math.floor(this.#most * CALLERS_SHARE);
    const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (held > 0 && held + amount > share) {
      const message = `You have ${held} ${this.#what} under way; the most are ${share}. Wait until some have ended.`;
      throw new PalateError("resource_exhausted", message, details);
    }
    if (this.#taken > 0 && this.#taken + amount > this.#most) {
      const message = `There are ${this.#taken} ${this.#what} under way; the most are ${this.#most}. Try again later.`;
      throw new PalateError("unavailable", message, details);
    }
    this.#taken += amount;
    this.#held.set(caller, held + amount);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#taken -= amount;
      const left = (this.#held.get(caller) ?? 0) - amount;
      if (left > 0) this.#held.set(caller, left);
      else this.#held.delete(caller);
    };
  }
}
