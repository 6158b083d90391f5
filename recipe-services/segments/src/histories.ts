import type { ReplicaView } from "@palate/recipe";

/** The part of a replica that models read: everybody's history. */
export type Histories = Pick<ReplicaView, "itemCount" | "userCount" | "history" | "historyRows" | "usersPerItem">;

/** Interactions read between two yields to other calls: about two milliseconds of work. */
export const SLICE = 200_000;

/**
 * Visits one user, whose items are those of `items` from `begin` to before `end`, oldest first. The array holds other users'
 * items too: a view for each user would cost more than reading the items.
 */
export type Visit = (user: number, items: Int32Array, begin: number, end: number) => void;

/** Visits every user once, yielding now and then. Users who arrive meanwhile are visited next time. */
export function* eachUser(
  replica: Pick<ReplicaView, "userCount" | "historyRows">,
  visit: Visit,
): Generator<void, void> {
  const { userCount } = replica;
  for (let user = 0; user < userCount;) {
    user = visitSlice(replica, user, userCount, visit);
    yield;
  }
}

/**
 * Visits users from `first` on, up to the work of a slice.
 * @returns the user to continue with
 */
function visitSlice(replica: Pick<ReplicaView, "historyRows">, first: number, userCount: number, visit: Visit): number {
  // Read again in each slice: events that arrive in between can move rows.
  const { items, begins, lengths } = replica.historyRows();
  let work = 0;
  let user = first;
  for (; user < userCount && work < SLICE; user++) {
    const begin = begins[user] ?? 0;
    const length = lengths[user] ?? 0;
    visit(user, items, begin, begin + length);
    // Users without interactions cost some time, too.
    work += length + 8;
  }
  return user;
}
