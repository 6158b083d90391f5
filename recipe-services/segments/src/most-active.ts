import type { RankedUsers } from "@palate/recipe";
import { bestUsers } from "./best-users.js";
import { eachUser, type Histories } from "./histories.js";

/**
 * The users with most interactions: the answer for unknown items and attributes.
 * @param excluded users who must not be returned, as 1
 * @returns scores are numbers of interactions; users without any are left out
 */
export function* mostActive(replica: Histories, limit: number, excluded?: Uint8Array): Generator<void, RankedUsers> {
  const counts = new Float32Array(replica.userCount).fill(Number.NaN);
  yield* eachUser(replica, (user, _items, begin, end) => {
    if (end > begin && excluded?.[user] !== 1) counts[user] = end - begin;
  });
  return { ...(yield* bestUsers(counts, limit)), reason: "popular" };
}
