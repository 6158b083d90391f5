/** Who has signed in to the sessions seen lately, so that events that follow without a user are theirs. */
export class SessionWindow {
  readonly #users = new Map<string, string>();
  readonly #capacity: number;
  /** Goes along with the oldest entry: a new iterator would pass over everything that was ever removed. */
  #oldest: MapIterator<string>;

  /** @param capacity most sessions remembered; those that were seen first are forgotten first */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#oldest = this.#users.keys();
  }

  /** The user who signed in to a session last; undefined when nobody did, or long ago. */
  userOf(sessionId: string): string | undefined {
    return this.#users.get(sessionId);
  }

  /** Notes whose event a session had. Empty ids say nothing. */
  see(sessionId: string, userId: string): void {
    if (sessionId === "" || userId === "") return;
    this.#users.set(sessionId, userId);
    if (this.#users.size > this.#capacity) this.#users.delete(this.#oldest.next().value!);
  }

  /** Takes in sessions that are older than all remembered so far, in order. */
  addOlder(sessions: Iterable<readonly [sessionId: string, userId: string]>): void {
    const newer = [...this.#users];
    this.clear();
    for (const [session, user] of sessions) this.see(session, user);
    for (const [session, user] of newer) this.see(session, user);
  }

  /** Forgets the sessions of users. */
  forget(isGone: (userId: string) => boolean): void {
    const stay = [...this.#users].filter(([, user]) => !isGone(user));
    this.clear();
    for (const [session, user] of stay) this.see(session, user);
  }

  /** Forgets all. */
  clear(): void {
    this.#users.clear();
    this.#oldest = this.#users.keys();
  }
}
