import type { Random } from "@palate/numeric";
import { ContextRows, type ContextLayout } from "../sequences/position-context.js";
import { UNKNOWN_GAP } from "../sequences/request-time.js";
import type { Sequences } from "../sequences/sequences.js";
import { ageRowsOf } from "./attention-ages.js";
import type { MixerBatch } from "./mixer-network.js";

/** Share of gaps hidden from the network, so that it learns to predict without them as well. */
const HIDDEN_GAPS = 0.1;
/** Shares of event types, of users' metadata (as a whole, and value by value) and of requests' contexts that are hidden. */
const HIDDEN_EVENTS = 0.1;
const HIDDEN_USERS = 0.1;
const HIDDEN_USER_VALUES = 0.1;
const HIDDEN_REQUESTS = 0.25;
/** Lengths are rounded up to a multiple of this, so that few different shapes of tensors occur. */
const LENGTH_STEP = 4;

interface Chunk {
  readonly user: number;
  /** Position of its first input in `sequences.items`. */
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
  /** What the network is given beside items. */
  readonly context?: ContextLayout | undefined;
  /** Whether batches hold the ages of interactions for each other, where times are known. Default false. */
  readonly ages?: boolean | undefined;
  /** Users whose first interactions are not targets: 1 by user. Default: none. */
  readonly unlearnedStarts?: Uint8Array | undefined;
}

/**
 * One pass over all interactions in batches of about `tokens` positions. Histories longer than `length` are cut at a random offset,
 * a new one in each pass; chunks of similar length share a batch, so that there is hardly any padding; batches are in random order.
 */
export function* epochBatches(
  sequences: Sequences,
  { length, tokens, random, context, unlearnedStarts, ages = false }: BatchOptions,
): Generator<MixerBatch> {
  const rows = context && new ContextRows(context);
  const starts = rows !== undefined && rows.start >= 0;
  const chunks = cutChunks(sequences, rows?.itemsOf(length) ?? length, random, starts);
  // Shuffled first, so that the stable sort by length mixes users anew in each pass.
  random.shuffle(chunks).sort((a, b) => a.length - b.length);
  const groups: Chunk[][] = [];
  let group: Chunk[] = [];
  for (const chunk of chunks) {
    if (group.length > 0 && (group.length + 1) * roundUp(chunk.length + (starts ? 1 : 0), length) > tokens) {
      groups.push(group);
      group = [];
    }
    group.push(chunk);
  }
  if (group.length > 0) groups.push(group);
  for (const members of random.shuffle(groups))
    yield toBatch(sequences, members, { length, random, rows, unlearnedStarts, ages });
}

/** @param starts whether a user with a single interaction is a sequence, too */
function cutChunks({ userCount, offsets }: Sequences, length: number, random: Random, starts: boolean): Chunk[] {
  const chunks: Chunk[] = [];
  for (let user = 0; user < userCount; user++) {
    // The last interaction is only ever a target.
    const end = offsets[user + 1]! - 1;
    let start = offsets[user]!;
    if (end - start > length) {
      const first = 1 + random.integer(length);
      chunks.push({ user, start, length: first });
      start += first;
    }
    if (starts && start === end) chunks.push({ user, start, length: 0 });
    for (; start < end; start += length) chunks.push({ user, start, length: Math.min(length, end - start) });
  }
  return chunks;
}

/** How chunks become a batch. */
interface ChunkOptions {
  /** Positions of a sequence, at most. */
  readonly length: number;
  readonly random: Random;
  readonly rows: ContextRows | undefined;
  readonly unlearnedStarts: Uint8Array | undefined;
  readonly ages: boolean;
}

function toBatch(
  sequences: Sequences,
  members: readonly Chunk[],
  { length: most, random, rows: context, unlearnedStarts, ages }: ChunkOptions,
): MixerBatch {
  const { items, weights: given } = sequences;
  const rows = members.length;
  const starts = context !== undefined && context.start >= 0 ? 1 : 0;
  const length = roundUp(starts + members[rows - 1]!.length, most);
  const inputs = new Int32Array(rows * length);
  const targets = new Int32Array(rows * length);
  const weights = new Float32Array(rows * length);
  members.forEach(({ user, start, length: count }, row) => {
    for (let t = 0; t < count + starts; t++) {
      const target = start + t + 1 - starts;
      const at = t * rows + row;
      // The position before the first item has the item that follows as its input, which the step has looked up anyway.
      inputs[at] = items[t < starts ? target : target - 1]!;
      targets[at] = items[target]!;
      weights[at] = given ? given[target]! : 1;
      if (t < starts && unlearnedStarts?.[user] === 1) weights[at] = 0;
    }
  });
  const known = context && context.count > 0 ? contextOf(sequences, members, context, { length, random, ages }) : {};
  return { rows, length, inputs, targets, weights, ...known };
}

/** What the network is given beside the items of a batch. */
function contextOf(
  { items, times, eventTypes, requests, users, userCount }: Sequences,
  members: readonly Chunk[],
  layout: ContextRows,
  { length, random, ages }: Pick<ChunkOptions, "length" | "random" | "ages">,
): Pick<MixerBatch, "context" | "user" | "start" | "ages"> {
  const rows = members.length;
  const positions = rows * length;
  const starts = layout.start >= 0 ? 1 : 0;
  const context = new Int32Array(layout.things * positions).fill(layout.hasEvents ? layout.count : UNKNOWN_GAP);
  const start = starts === 1 ? new Float32Array(positions).fill(1).fill(0, 0, rows) : undefined;
  const ofEvents = layout.hasGaps ? positions : 0;
  const ofRequests = ofEvents + (layout.hasEvents ? positions : 0);
  const slots = requests ? requests.length / items.length : 0;
  const clock =
    ages && layout.hasGaps
      ? { own: new Float64Array(positions).fill(NaN), asked: new Float64Array(positions) }
      : undefined;
  members.forEach((chunk, row) => {
    for (let t = 0; t < chunk.length + starts; t++) {
      const position = chunk.start + t - starts;
      const at = t * rows + row;
      if (layout.hasGaps) {
        const known = t >= starts && times !== undefined && random.uniform() >= HIDDEN_GAPS;
        context[at] = known ? layout.gap(times[position]!, times[position + 1]!) : UNKNOWN_GAP;
        if (clock && times && t >= starts) {
          clock.own[at] = times[position]!;
          // Where the time of the request is hidden, ages are counted from the newest interaction.
          clock.asked[at] = times[known ? position + 1 : position]!;
        }
      }
      if (t < starts) context[ofEvents + at] = layout.start;
      else if (eventTypes && eventTypes[position]! >= 0 && random.uniform() >= HIDDEN_EVENTS)
        context[ofEvents + at] = layout.events + eventTypes[position]!;
      if (!requests || slots === 0 || random.uniform() < HIDDEN_REQUESTS) continue;
      for (let k = 0; k < slots; k++) {
        const value = requests[(position + 1) * slots + k]!;
        if (value >= 0) context[ofRequests + k * positions + at] = layout.requests + value;
      }
    }
  });
  return {
    context,
    ...(clock && { ages: ageRowsOf(clock.own, clock.asked, rows, length) }),
    ...(start && { start }),
    ...(users && { user: usersOf(users, userCount, members, random, layout) }),
  };
}

/** The metadata of the users of a batch, by slot and then by sequence. */
function usersOf(
  users: Int16Array,
  userCount: number,
  members: readonly Chunk[],
  random: Random,
  { users: first, count }: ContextRows,
): Int32Array {
  const slots = users.length / userCount;
  const known = new Int32Array(slots * members.length).fill(count);
  members.forEach(({ user }, row) => {
    if (random.uniform() < HIDDEN_USERS) return;
    for (let k = 0; k < slots; k++) {
      const value = users[user * slots + k]!;
      if (value >= 0 && random.uniform() >= HIDDEN_USER_VALUES) known[k * members.length + row] = first + value;
    }
  });
  return known;
}

/** Never above `most`: the network has no weights for positions farther back. */
function roundUp(length: number, most: number): number {
  return Math.min(most, Math.ceil(length / LENGTH_STEP) * LENGTH_STEP);
}
