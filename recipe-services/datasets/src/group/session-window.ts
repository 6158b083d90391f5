import type { ActionInteraction, Interaction } from "@palate/proto/dataset";

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

/**
 * Gives events without a user the user who has signed in to their session, one event after the other.
 * @param known sessions of earlier commits
 * @param seen sessions of the same commit so far; added to
 */
export function withUsers<T extends Pick<Interaction | ActionInteraction, "userId" | "sessionId">>(
  events: readonly T[],
  known: SessionWindow,
  seen: Map<string, string>,
): readonly T[] {
  if (events.every(({ sessionId }) => sessionId === "")) return events;
  return events.map((event) => {
    if (event.sessionId === "") return event;
    if (event.userId !== "") {
      seen.set(event.sessionId, event.userId);
      return event;
    }
    const userId = seen.get(event.sessionId) ?? known.userOf(event.sessionId);
    return userId === undefined ? event : { ...event, userId };
  });
}
