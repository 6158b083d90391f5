/**
 * For how long others have been silent. Each of their beats only has to differ from the one before: how much time has passed is told by
 * this process's own clock, which nobody can set.
 */
export class Heartbeats {
  readonly #heard = new Map<string, { readonly beat: number; readonly at: number }>();

  /**
   * Notes the newest beat of somebody.
   * @returns milliseconds since a new one was seen; 0 when this one is new
   */
  silentMs(key: string, beat: number): number {
    const now = performance.now();
    const heard = this.#heard.get(key);
    if (heard?.beat === beat) return now - heard.at;
    this.#heard.set(key, { beat, at: now });
    return 0;
  }

  /** Forgets all others. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#heard.keys()) if (!keys.has(key)) this.#heard.delete(key);
  }
}
