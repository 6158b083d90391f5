import type { Random } from "../tensor/index.js";
import type { MixerBatch } from "./mixer-network.js";
import { contextRows, gapContext, type ContextLayout } from "./position-context.js";
import { UNKNOWN_GAP } from "./request-time.js";
import type { Sequences } from "./sequences.js";

/** Share of gaps hidden from the network, so that it also knows what to do without. */
const HIDDEN_GAPS = 0.1;
/** Lengths are rounded up to a multiple of this, so that few different shapes occur. */
const LENGTH_STEP = 4;

interface Chunk {
  /** Place of its first input in `sequences.items`. */
  readonly start: number;
  /** Inputs; the target of each is the next interaction. */
  readonly length: number;
}

/** How batches are made. */
export interface BatchOptions {
  /** Positions of a sequence, at most. */
  readonly length: number;
  /** Positions in a batch, about. */
  readonly tokens: number;
  readonly random: Random;
  /** What the network is told beside items. */
  readonly context?: ContextLayout | undefined;
}

/**
 * One pass over all interactions as batches of about `tokens` positions: histories longer than `length` are cut at a
 * random offset, new in each pass; chunks of similar length share a batch, so that hardly anything is padding; the
 * batches come in random order.
 */
export function* epochBatches(
  sequences: Sequences,
  { length, tokens, random, context }: BatchOptions,
): Generator<MixerBatch> {
  const chunks = cutChunks(sequences, length, random);
  // In random order first, so that the stable sort by length mixes users anew in each pass.
  random.shuffle(chunks).sort((a, b) => a.length - b.length);
  const groups: Chunk[][] = [];
  let group: Chunk[] = [];
  for (const chunk of chunks) {
    if (group.length > 0 && (group.length + 1) * roundUp(chunk.length, length) > tokens) {
      groups.push(group);
      group = [];
    }
    group.push(chunk);
  }
  if (group.length > 0) groups.push(group);
  for (const members of random.shuffle(groups)) yield toBatch(sequences, members, { length, random, context });
}

function cutChunks({ userCount, offsets }: Sequences, length: number, random: Random): Chunk[] {
  const chunks: Chunk[] = [];
  for (let user = 0; user < userCount; user++) {
    // The last interaction is only ever a target.
    const end = offsets[user + 1]! - 1;
    let start = offsets[user]!;
    if (end - start > length) {
      const first = 1 + random.integer(length);
      chunks.push({ start, length: first });
      start += first;
    }
    for (; start < end; start += length) chunks.push({ start, length: Math.min(length, end - start) });
  }
  return chunks;
}

function toBatch(
  { items, times, weights: given }: Sequences,
  members: readonly Chunk[],
  { length: most, random, context: layout }: Omit<BatchOptions, "tokens">,
): MixerBatch {
  const rows = members.length;
  const length = roundUp(members[rows - 1]!.length, most);
  const inputs = new Int32Array(rows * length);
  const targets = new Int32Array(rows * length);
  const weights = new Float32Array(rows * length);
  const context = layout && contextRows(layout) > 0 ? new Int32Array(rows * length) : undefined;
  members.forEach((chunk, row) => {
    for (let t = 0; t < chunk.length; t++) {
      inputs[t * rows + row] = items[chunk.start + t]!;
      targets[t * rows + row] = items[chunk.start + t + 1]!;
      weights[t * rows + row] = given ? given[chunk.start + t + 1]! : 1;
      if (context && layout) {
        const place = chunk.start + t;
        const known = times !== undefined && random.uniform() >= HIDDEN_GAPS;
        context[t * rows + row] = known ? gapContext(layout, times[place]!, times[place + 1]!) : UNKNOWN_GAP;
      }
    }
  });
  return { rows, length, inputs, targets, weights, ...(context && { context }) };
}

/** Never above `most`: the network has no weights for positions farther back. */
function roundUp(length: number, most: number): number {
  return Math.min(most, Math.ceil(length / LENGTH_STEP) * LENGTH_STEP);
}
