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

/** Occasions asked about unless told otherwise, and users asked for their best actions. */
const MAX_CASES = 20_000;
const MAX_USERS = 2_000;

/** Longest list that a metric looks at. */
const LIST = 25;

/** Where data are divided does not depend on the time within which actions are to be taken; some is needed to find occasions. */
const ANY_PERIOD_SECONDS = 14 * 86_400;

/**
 * The moment from which on data are held out: the newest tenth of all occasions lies after it.
 * @returns undefined when there are too few
 */
export function heldOutFrom({ actions }: TrainingData): number | undefined {
  const times = actions && examplesOf(actions, ANY_PERIOD_SECONDS).times;
  const from = Math.floor((1 - HELD_OUT) * (times?.length ?? 0));
  return from > 0 ? times?.[from] : undefined;
}

/** What was known before a moment. */
export function dataBefore(data: TrainingData, moment: number): TrainingData {
  const fit = filterInteractions(data, (i) => data.timestamps[i]! < moment);
  const { actions } = data;
  return actions ? { ...fit, actions: filterActionEvents(actions, (i) => actions.timestamps[i]! < moment) } : fit;
}

/** The occasions from a moment on, at most so many of them, drawn at random. */
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
  const asked = sample(late, maximum, new Random(seed)).sort((a, b) => a - b);
  return {
    users: Int32Array.from(asked, (i) => all.users[i]!),
    actions: Int32Array.from(asked, (i) => all.actions[i]!),
    times: Float64Array.from(asked, (i) => all.times[i]!),
    labels: Uint8Array.from(asked, (i) => all.labels[i]!),
    weights: Float32Array.from(asked, (i) => all.weights[i]!),
  };
}

const NONE: Examples = {
  users: new Int32Array(0),
  actions: new Int32Array(0),
  times: new Float64Array(0),
  labels: new Uint8Array(0),
  weights: new Float32Array(0),
};

/** Predicts whether a user takes an action when asked at a moment. */
type Propensity = (user: number, action: number, moment: number) => number;

function propensitiesOf({ users, actions, times }: Examples, propensity: Propensity): Float64Array {
  return Float64Array.from(users, (user, i) => propensity(user, actions[i]!, times[i]! - BEFORE));
}

/** Answers with the best actions for a user at a moment. */
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
  const asked = sample([...takenBy(cases)], MAX_USERS, new Random(seed));
  for (const [user, { time, taken }] of asked) {
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
 * How models of actions are measured: the newest tenth of all occasions is held out, and everything after its beginning with
 * it. Each held-out occasion is asked about with what was known just before it; each user who took actions is asked for the
 * best ones. Beside it stands giving everybody every action's average.
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
        const own = measured(
          (user, action, at) => model.propensity(user, action, at),
          (user, timestamp) =>
            model.recommendActions({ user, limit: LIST, excluded: none, timestamp, exploration: 0 }).actions,
        );
        const average = measured(
          (_user, action) => rates[action]!,
          () => byRate.subarray(0, LIST),
        );
        return compared(own, average, seed);
      },
    };
  },
};
