import type { Sequences } from "./sequences.js";

/** How much more the newest interactions weigh than those in the middle, and how much less the oldest. */
const MAX_CHANGE = 0.5;

/**
 * The same sequences with weights that favour newer targets: factors from 0.5 to 1.5, linear in the rank of the time over all users.
 * Weights that are there already, negative ones too, are multiplied.
 */
export function favourRecent(sequences: Sequences): Sequences {
  const { times, weights } = sequences;
  if (!times || times.length < 2) return sequences;
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  const favoured = new Float32Array(times.length);
  const last = times.length - 1;
  for (let from = 0; from <= last;) {
    // Interactions at the same time weigh the same.
    let to = from;
    while (to < last && times[order[to + 1]!] === times[order[from]!]) to++;
    const factor = 1 + MAX_CHANGE * ((from + to) / last - 1);
    for (let rank = from; rank <= to; rank++) favoured[order[rank]!] = factor * (weights?.[order[rank]!] ?? 1);
    from = to + 1;
  }
  return { ...sequences, weights: favoured };
}
