import type { Sequences } from "./sequences.js";

/** The newest interactions count by so much more than those in the middle, the oldest by as much less. */
const MOST = 0.5;

/**
 * The same sequences with newer interactions counting more as targets than older ones: from half to one and a half times as
 * much, by their rank in time over everybody. Negative and given weights keep their proportions.
 */
export function favourRecent(sequences: Sequences): Sequences {
  const { times, weights } = sequences;
  if (!times || times.length < 2) return sequences;
  const order = Uint32Array.from(times.keys()).sort((a, b) => times[a]! - times[b]! || a - b);
  const favoured = new Float32Array(times.length);
  const last = times.length - 1;
  for (let from = 0; from <= last;) {
    // Interactions of one moment count alike.
    let to = from;
    while (to < last && times[order[to + 1]!] === times[order[from]!]) to++;
    const factor = 1 + MOST * ((from + to) / last - 1);
    for (let rank = from; rank <= to; rank++) favoured[order[rank]!] = factor * (weights?.[order[rank]!] ?? 1);
    from = to + 1;
  }
  return { ...sequences, weights: favoured };
}
