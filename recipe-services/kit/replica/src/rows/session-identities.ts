import type { ChunkColumns } from "./chunk-columns.js";
import { ensureCapacity } from "./ensure-capacity.js";
import { IdIndex } from "./id-index.js";

/** Called when an anonymous session is found to be a user's: what was recorded of the session is now the user's. */
export type SignInListener = (session: number, user: number) => void;

/**
 * Which user an event belongs to. An anonymous session counts as a user of its own until an event names both session and
 * user (a sign-in): from then on it is that user. A session with the same id as a user is that user from the beginning, and is
 * never merged into another.
 */
export class SessionIdentities {
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

  /** Whether an index belongs to a session without a sign-in. */
  isAnonymous(index: number): boolean {
    return this.#anonymous[index] === 1;
  }

  /** Index of the user that an event belongs to, or of its session when it names no user; -1 when it names neither. */
  of(userId: string, sessionId: string): number {
    if (userId === "") return sessionId === "" ? -1 : this.session(sessionId);
    const user = this.users.intern(userId);
    this.markSignedIn(user);
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
    this.#anonymous = ensureCapacity(this.#anonymous, index + 1);
    this.#anonymous[index] = 1;
    return index;
  }

  /** Notes that an index is a user's, not an anonymous session's. */
  markSignedIn(index: number): void {
    if (this.isAnonymous(index)) this.#anonymous[index] = 0;
  }
}

/** Column of a snapshot's events: the session of those without a sign-in, whose id is also in USER_ID. */
const SESSION_COLUMN = "_SESSION_ID";

/** Resolves the user of each row of a chunk of events; to be called once for each row, in order. -1: the row has no user. */
export function resolveUsers(chunk: ChunkColumns, identities: SessionIdentities): (row: number) => number {
  const { users } = identities;
  const userIds = chunk.internedColumn("USER_ID", users);
  if (!chunk.names.includes(SESSION_COLUMN)) return (row) => userIds.at(row);
  const ids = new IdIndex();
  const sessions = chunk.internedColumn(SESSION_COLUMN, ids);
  return (row) => {
    const session = sessions.at(row);
    if (session >= 0) return identities.session(ids.idOf(session));
    const user = userIds.at(row);
    identities.markSignedIn(user);
    return user;
  };
}
