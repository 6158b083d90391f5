import { Random } from "@palate/numeric";
import type { Sequences } from "../src/sequences/sequences.js";

/** Sequences of given histories, whose users are numbered in their order. */
export function sequencesOf(histories: readonly number[][], itemCount: number): Sequences {
  const offsets = new Int32Array(histories.length + 1);
  histories.forEach((history, user) => (offsets[user + 1] = offsets[user]! + history.length));
  return { userCount: histories.length, itemCount, offsets, items: Int32Array.from(histories.flat()) };
}

/** Everybody goes through `length` items in their order, from anywhere, and around the end. */
export function goingRound(users: number, length: number, itemCount: number, seed: number): Sequences {
  const random = new Random(seed);
  const items = new Int32Array(users * length);
  for (let user = 0; user < users; user++) {
    const start = random.integer(itemCount);
    for (let at = 0; at < length; at++) items[user * length + at] = (start + at) % itemCount;
  }
  const offsets = Int32Array.from({ length: users + 1 }, (_, user) => user * length);
  return { userCount: users, itemCount, offsets, items };
}
