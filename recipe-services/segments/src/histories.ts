import type { ReplicaView } from "@palate/recipe";

/** What models read of a replica: everybody's history. */
export type Histories = Pick<ReplicaView, "itemCount" | "userCount" | "history" | "historyRows" | "usersPerItem">;

/** Interactions looked at between two moments at which others get their turn: about two milliseconds' work. */
export const SLICE = 200_000;

/**
 * Looks at one user, whose items are those of `items` from `begin` to before `end`, oldest first. The array holds other users'
 * items too: a view of each user's own would cost more than looking at them.
 */
export type Look = (user: number, items: Int32Array, begin: number, end: number) => void;

/** Looks at every user once, handing back control now and then. Users who arrive meanwhile are left for next time. */
export function* eachUser(replica: Pick<ReplicaView, "userCount" | "historyRows">, look: Look): Generator<void, void> {
  const { userCount } = replica;
  for (let user = 0; user < userCount;) {
    user = lookAtSlice(replica, user, userCount, look);
    yield;
  }
}

/**
 * Looks at users from `first` on, up to a slice's work.
 * @returns the user to go on with
 */
function lookAtSlice(replica: Pick<ReplicaView, "historyRows">, first: number, userCount: number, look: Look): number {
  // Asked for anew in each slice: what arrives in between can move rows.
  const { items, begins, lengths } = replica.historyRows();
  let work = 0;
  let user = first;
  for (; user < userCount && work < SLICE; user++) {
    const begin = begins[user] ?? 0;
    const length = lengths[user] ?? 0;
    look(user, items, begin, begin + length);
    // A user costs something even without interactions.
    work += length + 8;
  }
  return user;
}
