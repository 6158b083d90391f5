import { Random } from "@palate/numeric";
import {
  compared,
  filterActionEvents,
  filterInteractions,
  furtherListMetrics,
  MetricAverages,
  replicaViewOf,
  sample,
  type Artifact,
  type Evaluated,
  type Evaluation,
  type EvaluationDetails,
  type ReplicaView,
  type TrainingData,
} from "@palate/recipe";
import { fromArtifact } from "./artifact.js";
import { examplesOf, type Examples } from "./examples.js";
import { BEFORE } from "./fit.js";
import {
  areaByAction,
  areaInterval,
  calibrationCurve,
  propensityMetrics,
  type Predictions,
} from "./propensity-metrics.js";
import { load } from "./serve.js";

/** Share of the occasions, the newest, that is held out. */
const HELD_OUT = 0.1;

/** Default number of occasions that are predicted, and of users whose best actions are listed. */
const MAX_CASES = 20_000;
const MAX_USERS = 2_000;

/** Length of the lists that are measured. */
const LIST = 25;

/** Period for finding occasions when data are split: the split does not depend on it, but some period is needed. */
const ANY_PERIOD_SECONDS = 14 * 86_400;

/**
 * The moment from which data are held out: the newest tenth of all occasions lies after it.
 * @returns undefined when there are too few
 */
export function heldOutFrom({ actions }: TrainingData): number | undefined {
  const times = actions && examplesOf(actions, ANY_PERIOD_SECONDS).times;
  const from = Math.floor((1 - HELD_OUT) * (times?.length ?? 0));
  return from > 0 ? times?.[from] : undefined;
}

/** The data from before a moment. */
export function dataBefore(data: TrainingData, moment: number): TrainingData {
  const fit = filterInteractions(data, (i) => data.timestamps[i]! < moment);
  const { actions } = data;
  return actions ? { ...fit, actions: filterActionEvents(actions, (i) => actions.timestamps[i]! < moment) } : fit;
}

/** The occasions from a moment on, or a random sample of `maximum` of them. */
export function occasionsFrom(
  { actions }: TrainingData,
  moment: number,
  periodSeconds: number,
  maximum: number,
  seed: number,
): Examples {
  const all = actions ? examplesOf(actions, periodSeconds) : NONE;
  const first = all.times.findIndex((time) => time >= moment);
  const late = Array.from({ length: first < 0 ? 0 : all.times.length - first }, (_, k) => first + k);
  const sampled = sample(late, maximum, new Random(seed)).sort((a, b) => a - b);
  return {
    users: Int32Array.from(sampled, (i) => all.users[i]!),
    actions: Int32Array.from(sampled, (i) => all.actions[i]!),
    times: Float64Array.from(sampled, (i) => all.times[i]!),
    labels: Uint8Array.from(sampled, (i) => all.labels[i]!),
    weights: Float32Array.from(sampled, (i) => all.weights[i]!),
  };
}

const NONE: Examples = {
  users: new Int32Array(0),
  actions: new Int32Array(0),
  times: new Float64Array(0),
  labels: new Uint8Array(0),
  weights: new Float32Array(0),
};

/** Predicts the probability that a user takes an action at a moment. */
type Propensity = (user: number, action: number, moment: number) => number;

function propensitiesOf({ users, actions, times }: Examples, propensity: Propensity): Float64Array {
  return Float64Array.from(users, (user, i) => propensity(user, actions[i]!, times[i]! - BEFORE));
}

/** Returns the best actions for a user at a moment. */
type BestActions = (user: number, moment: number) => Int32Array;

/** By user: when the first held-out occasion was, and which actions were taken on held-out occasions. */
function takenBy({ users, actions, times, labels }: Examples): Map<number, { time: number; taken: Set<number> }> {
  const found = new Map<number, { time: number; taken: Set<number> }>();
  for (let i = 0; i < users.length; i++) {
    const one = found.get(users[i]!) ?? { time: times[i]!, taken: new Set<number>() };
    found.set(users[i]!, one);
    if (labels[i] === 1) one.taken.add(actions[i]!);
  }
  for (const [user, { taken }] of found) if (taken.size === 0) found.delete(user);
  return found;
}

function evaluateLists(replica: ReplicaView, cases: Examples, best: BestActions, seed: number): Evaluated {
  const averages = new MetricAverages();
  const covered = new Set<number>();
  const sampled = sample([...takenBy(cases)], MAX_USERS, new Random(seed));
  for (const [user, { time, taken }] of sampled) {
    const list = best(user, time - BEFORE);
    for (const action of list) covered.add(action);
    const hits = Array.from(list, (action) => taken.has(action));
    averages.add(hits, taken.size, furtherListMetrics(hits, taken.size));
  }
  return averages.evaluated(covered.size / Math.max(1, replica.actions.count), seed);
}

/** The calibration plot and the area under the curve of each action. */
function propensityDetails(
  predictions: Predictions,
  { actions }: ReplicaView,
): Pick<EvaluationDetails, "calibration" | "parts"> {
  const count = predictions.labels.length;
  return {
    calibration: calibrationCurve(predictions).map(({ share, ...bin }) => ({
      ...bin,
      count: Math.round(share * count),
    })),
    parts: Object.fromEntries(
      [...areaByAction(predictions)].map(([action, area]) => [actions.idOf(action), { area_under_the_curve: area }]),
    ),
  };
}

/**
 * How models of actions are measured: the newest tenth of all occasions is held out, with all events from its beginning on. Each
 * held-out occasion is predicted from the data just before it; users who took actions get a list of their best ones. The
 * baseline predicts every action's average for everybody.
 */
export const evaluation: Evaluation = {
  primaryMetric: "area_under_the_curve",
  baseline: "every action's average",
  holdOut(data, { seed, maximumCases = MAX_CASES }) {
    const moment = heldOutFrom(data) ?? Infinity;
    const fit = moment === Infinity ? data : dataBefore(data, moment);
    const replica = replicaViewOf(data);
    const none = new Uint8Array(replica.actions.count);
    const casesOf = (periodSeconds: number): Examples => occasionsFrom(data, moment, periodSeconds, maximumCases, seed);
    return {
      fit,
      cases: casesOf(ANY_PERIOD_SECONDS).users.length,
      measure(artifact: Artifact) {
        const model = load(artifact, replica);
        const { rates, serving } = fromArtifact(artifact);
        const cases = casesOf(serving.periodSeconds);
        if (cases.users.length === 0) return { metrics: {}, baseline: {} };
        const measured = (propensity: Propensity, best: BestActions): Evaluated => {
          const lists = evaluateLists(replica, cases, best, seed);
          const predictions = { ...cases, propensities: propensitiesOf(cases, propensity) };
          const area = areaInterval(predictions);
          return {
            ...lists,
            metrics: { ...lists.metrics, ...propensityMetrics(predictions, rates) },
            details: {
              ...lists.details,
              ...propensityDetails(predictions, replica),
              intervals: { ...lists.details.intervals, ...(area && { area_under_the_curve: area }) },
            },
          };
        };
        const byRate = Int32Array.from(rates.keys()).sort((a, b) => rates[b]! - rates[a]! || a - b);
        const ofModel = measured(
          (user, action, at) => model.propensity(user, action, at),
          (user, timestamp) =>
            model.recommendActions({ user, limit: LIST, excluded: none, timestamp, exploration: 0 }).actions,
        );
        const average = measured(
          (_user, action) => rates[action]!,
          () => byRate.subarray(0, LIST),
        );
        return compared(ofModel, average, seed);
      },
    };
  },
};
