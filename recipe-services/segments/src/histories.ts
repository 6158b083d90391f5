import type { ReplicaView } from "@palate/kit/recipe";

/** What models read of a replica: everybody's history. */
export type Histories = Pick<ReplicaView, "itemCount" | "userCount" | "history" | "usersPerItem">;

/** Interactions looked at between two moments at which others get their turn: about two milliseconds' work. */
export const SLICE = 200_000;

/** Looks at every user once, handing back control now and then. Users who arrive meanwhile are left for next time. */
export function* eachUser(
  replica: Pick<ReplicaView, "userCount" | "history">,
  look: (user: number, items: Int32Array) => void,
): Generator<void, void> {
  const { userCount } = replica;
  let work = 0;
  for (let user = 0; user < userCount; user++) {
    const { items } = replica.history(user);
    look(user, items);
    // A user costs something even without interactions.
    work += items.length + 8;
    if (work < SLICE) continue;
    work = 0;
    yield;
  }
}
