import type { Random } from "@palate/numeric";
import type { Sequences } from "@palate/sequence";
import { gapBucket } from "./gru-parameters.js";

/** Streams of histories side by side, a few positions of each: entry `t * rows + row` is position t of stream `row`. */
export interface GruBatch {
  readonly rows: number;
  readonly length: number;
  /** Item numbers; the number of items stands for the start of a history. */
  readonly inputs: Int32Array;
  /** The item that follows each input. */
  readonly targets: Int32Array;
  /** How much each counts in the loss. */
  readonly weights: Float32Array;
  /** 0 where a history starts, 1 where the state before goes on. */
  readonly keep: Float32Array;
  /** Kind of time between the interaction before the input and the input; see `gapBucket`. */
  readonly gaps: Int32Array;
  /** The user whose history it is. */
  readonly users: Int32Array;
}

/** Sequences to learn from. */
export interface WeightedSequences extends Sequences {
  /** How much each interaction counts in the loss, where not all count the same. */
  readonly weights?: Float32Array;
}

/**
 * Endless batches for truncated back-propagation through time: every stream goes through one history after another, in
 * random order anew in each pass, and a batch takes the next `length` positions of every stream. States are carried from
 * batch to batch, so a history counts whole however short the batches are, and nothing is ever padded.
 */
export function* endlessGruBatches(
  sequences: WeightedSequences,
  { rows, length, random }: { readonly rows: number; readonly length: number; readonly random: Random },
): Generator<GruBatch, never> {
  const { offsets, items, times, weights, itemCount } = sequences;
  const users = Int32Array.from({ length: sequences.userCount }, (_, user) => user).filter(
    (user) => offsets[user + 1]! > offsets[user]!,
  );
  if (users.length === 0) throw new RangeError("There is no interaction to make batches of.");
  let next = users.length;
  const draw = (): number => {
    if (next === users.length) {
      random.shuffle(users);
      next = 0;
    }
    return users[next++]!;
  };
  // Place of each stream's next target, and the end of its history.
  const places = new Int32Array(rows);
  const ends = new Int32Array(rows);
  const owners = new Int32Array(rows);
  for (;;) {
    const size = rows * length;
    const batch = {
      rows,
      length,
      inputs: new Int32Array(size),
      targets: new Int32Array(size),
      weights: new Float32Array(size).fill(1),
      keep: new Float32Array(size).fill(1),
      gaps: new Int32Array(size),
      users: new Int32Array(size),
    };
    for (let row = 0; row < rows; row++) {
      for (let t = 0; t < length; t++) {
        const at = t * rows + row;
        if (places[row] === ends[row]) {
          const user = draw();
          owners[row] = user;
          places[row] = offsets[user]!;
          ends[row] = offsets[user + 1]!;
        }
        const place = places[row]!;
        places[row] = place + 1;
        const start = offsets[owners[row]!]!;
        batch.users[at] = owners[row]!;
        batch.targets[at] = items[place]!;
        if (weights) batch.weights[at] = weights[place]!;
        if (place === start) {
          batch.inputs[at] = itemCount;
          batch.keep[at] = 0;
        } else {
          batch.inputs[at] = items[place - 1]!;
          if (times && place - 1 > start) batch.gaps[at] = gapBucket(times[place - 1]! - times[place - 2]!);
        }
      }
    }
    yield batch;
  }
}
