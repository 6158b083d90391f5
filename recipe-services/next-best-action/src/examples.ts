import { actionOf, Outcome, outcomeOf, type ActionData } from "@palate/recipe";

/** Views of the same action within this time are one occasion. */
export const OCCASION_SECONDS = 3_600;

/**
 * Occasions on which a user had the choice to take an action, oldest first, with their outcomes: parallel arrays. The examples
 * for training and for measuring.
 */
export interface Examples {
  readonly users: Int32Array;
  readonly actions: Int32Array;
  /** Unix time in seconds of each occasion. */
  readonly times: Float64Array;
  /** 1 when the action was taken within the period after it, else 0. */
  readonly labels: Uint8Array;
  /** Weight of each: below 1 for those so new that the action may still be taken. */
  readonly weights: Float32Array;
}

interface Occasion {
  readonly user: number;
  readonly action: number;
  readonly time: number;
  /** Seconds until the action was taken; NaN when it was not. */
  delay: number;
}

/** The occasions of one user, in order of time. */
function occasionsOf(user: number, events: Int32Array, timestamps: Float64Array, period: number): Occasion[] {
  const all: Occasion[] = [];
  /** By action: occasions whose period is not over, and whether the newest one is still unanswered. */
  const open = new Map<number, { occasions: Occasion[]; unanswered: boolean; seenAt: number }>();
  for (let i = 0; i < events.length; i++) {
    const time = timestamps[i]!;
    const action = actionOf(events[i]!);
    const state = open.get(action) ?? { occasions: [], unanswered: false, seenAt: -Infinity };
    open.set(action, state);
    state.occasions = state.occasions.filter((occasion) => time - occasion.time <= period);
    const begin = (delay: number): void => {
      const occasion = { user, action, time, delay };
      all.push(occasion);
      state.occasions.push(occasion);
    };
    const outcome = outcomeOf(events[i]!);
    if (outcome === Outcome.VIEWED) {
      if (!state.unanswered || time - state.seenAt > OCCASION_SECONDS) begin(Number.NaN);
      state.unanswered = true;
      state.seenAt = time;
    } else if (outcome === Outcome.NOT_TAKEN) {
      // The response to an earlier view; without one, an occasion of its own.
      if (!state.unanswered || state.occasions.length === 0) begin(Number.NaN);
      state.unanswered = false;
    } else {
      if (state.occasions.length === 0) begin(0);
      for (const occasion of state.occasions) if (Number.isNaN(occasion.delay)) occasion.delay = time - occasion.time;
      state.unanswered = false;
      state.occasions = [];
    }
  }
  return all;
}

/** Distribution function of the delay, in seconds, of taken actions; from occasions whose period is over, where there are enough. */
function delayDistribution(occasions: readonly Occasion[], newest: number, period: number): (age: number) => number {
  const taken = occasions.filter(({ delay }) => !Number.isNaN(delay));
  const complete = taken.filter(({ time }) => time <= newest - period);
  const delays = Float64Array.from(complete.length >= 20 ? complete : taken, ({ delay }) => delay).sort();
  return (age) => {
    if (age >= period || delays.length === 0) return 1;
    let low = 0;
    let high = delays.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (delays[middle]! <= age) low = middle + 1;
      else high = middle;
    }
    return low / delays.length;
  };
}

/**
 * Finds the occasions in users' events. A view begins one, and so do a refusal and a taking without a view before. An
 * occasion is positive when the action is taken within the period after it.
 *
 * Some of the newest occasions will still become positive. Without them the newest data would be missing, and as negatives
 * they would bias the probability downwards. So each occasion of age d that is not taken yet has the weight
 * w = F(d)·(1 − p) / (1 − p·F(d)), F being the distribution of the delays and p the share that is taken. With these weights
 * the expected share of taken ones is p at every age. (After Chapelle 2014, "Modeling delayed feedback in display
 * advertising", with the delays counted instead of fitted.)
 * @param period seconds after an occasion within which the action must be taken
 */
export function examplesOf({ offsets, events, timestamps }: ActionData, period: number): Examples {
  const occasions: Occasion[] = [];
  let newest = -Infinity;
  for (let user = 0; user + 1 < offsets.length; user++) {
    const [begin, end] = [offsets[user]!, offsets[user + 1]!];
    if (begin === end) continue;
    newest = Math.max(newest, timestamps[end - 1]!);
    for (const one of occasionsOf(user, events.subarray(begin, end), timestamps.subarray(begin, end), period))
      occasions.push(one);
  }
  occasions.sort((a, b) => a.time - b.time || a.user - b.user || a.action - b.action);
  const within = delayDistribution(occasions, newest, period);
  const taken = occasions.reduce((sum, { delay }) => sum + (Number.isNaN(delay) ? 0 : 1), 0);
  const share = Math.min(0.95, taken / Math.max(1, occasions.length));
  return {
    users: Int32Array.from(occasions, ({ user }) => user),
    actions: Int32Array.from(occasions, ({ action }) => action),
    times: Float64Array.from(occasions, ({ time }) => time),
    labels: Uint8Array.from(occasions, ({ delay }) => (Number.isNaN(delay) ? 0 : 1)),
    weights: Float32Array.from(occasions, ({ time, delay }) => {
      if (!Number.isNaN(delay)) return 1;
      const known = within(newest - time);
      return (known * (1 - share)) / (1 - share * known);
    }),
  };
}

/** The examples from `begin` to before `end`. */
export function sliceExamples(examples: Examples, begin: number, end: number): Examples {
  const { users, actions, times, labels, weights } = examples;
  return {
    users: users.subarray(begin, end),
    actions: actions.subarray(begin, end),
    times: times.subarray(begin, end),
    labels: labels.subarray(begin, end),
    weights: weights.subarray(begin, end),
  };
}
