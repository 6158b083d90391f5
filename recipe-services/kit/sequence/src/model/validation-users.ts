import { Random } from "@palate/numeric";
import { historyOf, type HeldOut, type Sequences } from "../sequences/sequences.js";
import type { NextChoice } from "./fit-neighbours.js";

/** Share of all interactions that validation may take away, since each is its user's newest; and how many it may in any case. */
const MAX_HELD_SHARE = 0.02;
const MIN_HELD = 50;

/**
 * Draws users for validation among those with at least two interactions, the last of which is not a rejection.
 * @param most users, at most; fewer where they would take more than 2 % of all interactions away, but 50 in any case
 * @returns user numbers, ascending
 */
export function drawValidationUsers(sequences: Sequences, most: number, seed: number): Int32Array {
  const { userCount, offsets, items, weights } = sequences;
  const eligible = Int32Array.from({ length: userCount }, (_, user) => user).filter(
    (user) => offsets[user + 1]! - offsets[user]! >= 2 && (weights?.[offsets[user + 1]! - 1] ?? 1) > 0,
  );
  const count = Math.min(most, Math.max(MIN_HELD, Math.floor(MAX_HELD_SHARE * items.length)));
  return new Random(seed).shuffle(eligible).slice(0, count).sort();
}

/** At most `most` of the held-out users, evenly spaced. */
export function sampleUsers({ training, users, targets, timestamps }: HeldOut, most: number): HeldOut {
  const count = Math.min(most, users.length);
  const sample = Int32Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * users.length) / count));
  return {
    training,
    users: sample.map((at) => users[at]!),
    targets: sample.map((at) => targets[at]!),
    timestamps: Float64Array.from(sample, (at) => timestamps[at]!),
  };
}

/** The next choices of the held-out users. */
export function choicesOf({ training, users, targets }: HeldOut): NextChoice[] {
  return Array.from(users, (user, at) => ({ history: historyOf(training, user).items, target: targets[at]! }));
}
