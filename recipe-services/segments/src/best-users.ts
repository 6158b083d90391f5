import { selectTop } from "@palate/numeric";

/** Longest answer for which a heap is faster than sorting everybody. */
const HEAP_LIMIT = 1_000;
const DIGIT_BITS = 11;
const DIGIT = (1 << DIGIT_BITS) - 1;

/** Users, best first. */
export interface BestUsers {
  readonly users: Int32Array;
  readonly scores: Float32Array;
}

/**
 * The users with the highest scores, best first; of equal scores the lower index comes first. Yields now and then
 * where the answer is long.
 * @param scores by user index; NaN for users that must not be returned
 * @param limit how many at most; may be millions
 */
export function* bestUsers(scores: Float32Array, limit: number): Generator<void, BestUsers> {
  if (limit <= HEAP_LIMIT) {
    const top = selectTop(scores, limit);
    return { users: top.indices, scores: top.scores };
  }
  const users = (yield* sortedUsers(scores)).subarray(0, limit);
  return { users, scores: Float32Array.from(users, (user) => scores[user]!) };
}

/** Sets the scores of excluded users to NaN, in place. */
export function without(scores: Float32Array, excluded: Uint8Array | undefined): Float32Array {
  if (excluded !== undefined)
    for (let user = 0; user < scores.length; user++) if (excluded[user] === 1) scores[user] = NaN;
  return scores;
}

/** All users with a score, best first: a radix sort in three passes over keys made of the scores' bits. */
function* sortedUsers(scores: Float32Array): Generator<void, Int32Array> {
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  let users = new Int32Array(scores.length);
  let keys = new Uint32Array(scores.length);
  let count = 0;
  for (let user = 0; user < scores.length; user++) {
    if (Number.isNaN(scores[user]!)) continue;
    keys[count] = fallingKey(bits[user]!);
    users[count++] = user;
  }
  let otherUsers = new Int32Array(count);
  let otherKeys = new Uint32Array(count);
  const starts = new Int32Array(DIGIT + 2);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    yield;
    starts.fill(0);
    for (let k = 0; k < count; k++) starts[((keys[k]! >>> shift) & DIGIT) + 1]!++;
    for (let digit = 0; digit <= DIGIT; digit++) starts[digit + 1]! += starts[digit]!;
    for (let k = 0; k < count; k++) {
      const position = starts[(keys[k]! >>> shift) & DIGIT]!++;
      otherKeys[position] = keys[k]!;
      otherUsers[position] = users[k]!;
    }
    [users, otherUsers] = [otherUsers, users];
    [keys, otherKeys] = [otherKeys, keys];
  }
  return users.subarray(0, count);
}

/** Turns a float's bits into an unsigned number that falls as the float rises. */
function fallingKey(bits: number): number {
  // Minus zero, the first of the negative numbers, equals zero.
  if (bits === 0x80000000) return 0x7fffffff;
  return bits >>> 31 === 1 ? bits : ~bits & 0x7fffffff;
}
