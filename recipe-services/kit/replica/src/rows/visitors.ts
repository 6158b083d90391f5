import type { ChunkColumns } from "./chunk-columns.js";
import { IdIndex } from "./id-index.js";
import { withRoom } from "./with-room.js";

/** Told of a session whose visitor turned out to be a user: what was the session's is now the user's. */
export type SignInListener = (session: number, user: number) => void;

/**
 * Who an event is of. An anonymous session counts as a user of its own until an event names both: from then on it is that
 * user. A session whose id is also the id of a user is that user from the beginning, and is never made part of another.
 */
export class Visitors {
  /** Where users and sessions get their indices. */
  readonly users: IdIndex;
  readonly #listeners: SignInListener[] = [];
  /** 1 for indices that only anonymous events have used so far. */
  #anonymous: Uint8Array = new Uint8Array(0);

  /** @param users where users and sessions get their indices */
  constructor(users: IdIndex) {
    this.users = users;
  }

  /** Calls back with every session that becomes a user's. */
  onSignIn(listener: SignInListener): void {
    this.#listeners.push(listener);
  }

  /** Whether an index is that of a session to which nobody has signed in. */
  isAnonymous(index: number): boolean {
    return this.#anonymous[index] === 1;
  }

  /** Index of the user that an event is of, or of its session when it names no user; -1 when it names neither. */
  of(userId: string, sessionId: string): number {
    if (userId === "") return sessionId === "" ? -1 : this.session(sessionId);
    const user = this.users.intern(userId);
    this.named(user);
    if (sessionId === "" || sessionId === userId) return user;
    const session = this.users.indexOf(sessionId);
    if (session >= 0 && this.isAnonymous(session)) for (const listener of this.#listeners) listener(session, user);
    return user;
  }

  /** Index of an anonymous session. */
  session(sessionId: string): number {
    const before = this.users.size;
    const index = this.users.intern(sessionId);
    if (index < before) return index;
    this.#anonymous = withRoom(this.#anonymous, index + 1);
    this.#anonymous[index] = 1;
    return index;
  }

  /** Notes that an index is a user's. */
  named(index: number): void {
    if (this.isAnonymous(index)) this.#anonymous[index] = 0;
  }
}

/** Column of a snapshot's events: the session of those to which nobody has signed in, whose id also stands in USER_ID. */
const SESSION_COLUMN = "_SESSION_ID";

/** Who each row of a chunk of events is of, asked once for each row and in order; -1 for nobody's. */
export function persons(chunk: ChunkColumns, visitors: Visitors): (row: number) => number {
  const { users } = visitors;
  const userIds = chunk.interned("USER_ID", users);
  if (!chunk.names.includes(SESSION_COLUMN)) return (row) => userIds.at(row);
  const ids = new IdIndex();
  const sessions = chunk.interned(SESSION_COLUMN, ids);
  return (row) => {
    const session = sessions.at(row);
    if (session >= 0) return visitors.session(ids.idOf(session));
    const user = userIds.at(row);
    visitors.named(user);
    return user;
  };
}
