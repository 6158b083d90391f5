import { Random, yieldToEventLoop } from "@palate/numeric";
import type { NetworkScorer } from "../network/network-scorer.js";
import type { UserHistory } from "../sequences/user-history.js";
import { historyOf, requestOf, type Sequences } from "../sequences/sequences.js";

/** The first choice of a user, of whom only the metadata and the context were known then. */
interface NewUserCase {
  /** Without interactions. */
  readonly history: UserHistory;
  /** The item that was chosen. */
  readonly target: number;
}

/** First interactions that are held out from a network, so that its predictions for new users can be measured. */
export interface NewUserCases {
  readonly cases: readonly NewUserCase[];
  /** By user: 1 for users of these cases. */
  readonly unlearnedStarts: Uint8Array;
}

/** Cases, at most, and as a share of the users; and the scores that they may take, since each case is a scan of the catalogue. */
const MAX_CASES = 1000;
const MAX_SHARE = 0.1;
const MAX_SCORES = 2e7;
/** With fewer cases the measurement means nothing. */
const MIN_CASES = 20;
/** Standard errors by which a network must beat popularity. */
const CERTAINTY = 1;
/** Cases between two pauses. */
const BREATHE_EVERY = 20;

/**
 * Draws users with metadata or a context, with the first item that each chose.
 * @returns undefined where too few users are of that kind
 */
export function newUserCases(sequences: Sequences, seed: number): NewUserCases | undefined {
  const { userCount, itemCount, offsets, items, users } = sequences;
  const known = (values: Int16Array | undefined): boolean => values?.some((value) => value >= 0) === true;
  const eligible: NewUserCase[] = [];
  const owners: number[] = [];
  if (!users && !sequences.requests) return undefined;
  for (let user = 0; user < userCount; user++) {
    const first = offsets[user]!;
    if (first === offsets[user + 1]!) continue;
    const history: UserHistory = {
      items: new Int32Array(0),
      user: historyOf(sequences, user).user,
      request: requestOf(sequences, first),
    };
    if (!known(history.user) && !known(history.request)) continue;
    owners.push(user);
    eligible.push({ history, target: items[first]! });
  }
  const affordable = Math.max(MIN_CASES, Math.floor(MAX_SCORES / Math.max(1, itemCount)));
  const count = Math.min(MAX_CASES, affordable, Math.floor(MAX_SHARE * eligible.length));
  if (count < MIN_CASES) return undefined;
  const chosen = new Random(seed).shuffle(Int32Array.from(eligible.keys())).slice(0, count);
  const unlearnedStarts = new Uint8Array(userCount);
  for (const at of chosen) unlearnedStarts[owners[at]!] = 1;
  return { cases: Array.from(chosen, (at) => eligible[at]!), unlearnedStarts };
}

/**
 * Whether a network predicts the first choices of new users significantly better than popularity, by the discounted gain of the
 * chosen item's rank in the whole catalogue.
 * @param popularity the more popular, the higher; by item
 */
export async function knowsNewUsers(
  mixer: NetworkScorer,
  { cases }: NewUserCases,
  popularity: Float32Array,
  signal?: AbortSignal,
): Promise<boolean> {
  const logits = new Float32Array(mixer.itemCount);
  let [sum, squares] = [0, 0];
  for (const [at, { history, target }] of cases.entries()) {
    mixer.logitsInto(mixer.userState(history, NaN), logits);
    const gained = gainOf(logits, target) - gainOf(popularity, target);
    sum += gained;
    squares += gained * gained;
    if (at % BREATHE_EVERY === 0) await yieldToEventLoop(signal);
  }
  const mean = sum / cases.length;
  const error = Math.sqrt(Math.max(0, squares / cases.length - mean * mean) / cases.length);
  return mean > CERTAINTY * error;
}

/** The discounted gain of an item's rank; ties count against it. */
function gainOf(scores: Float32Array, target: number): number {
  const own = scores[target]!;
  let ahead = -1;
  for (const score of scores) if (score >= own) ahead++;
  return 1 / Math.log2(ahead + 2);
}
