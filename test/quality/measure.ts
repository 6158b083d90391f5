import {
  amazonSplit,
  answersOf,
  compared,
  evaluate,
  evaluateInDetail,
  popularAnswers,
  replicaViewOf,
  trendMetrics,
  type Artifact,
  type Evaluated,
  type EvaluationOptions,
  type EvaluationSplit,
  type ItemRecipe,
  type Measured,
  type Recipe,
  type TrainingData,
} from "@palate/recipe";
import type { QualityOptions } from "./run-options.js";
import type { Outcome } from "./protocol.js";
import { stored, train, type Training } from "./train.js";

/** What measuring the models of a training gives; the rest of an outcome is the protocol's to say. */
export type Measurement = Omit<Outcome, "data" | "asked" | "cases">;

/** How many cases ask for something that is in the user's history already, so cannot be met when seen items are left out. */
export function repeatedCases({ histories, cases }: EvaluationSplit): number {
  return cases.filter(({ user, truth }) => {
    const seen = new Set(histories.items.subarray(histories.offsets[user], histories.offsets[user + 1]));
    return truth.every((item) => seen.has(item));
  }).length;
}

/**
 * Measures every model of a training, as a service would read it back from a file.
 * @param measure measures a model; the last one's measurement should be in detail, of the others only metrics are kept
 * @param baselineName what the baseline of `measure` is: "popularity", …
 */
export function measureTraining(
  recipe: Recipe,
  { published, ...training }: Training,
  measure: (artifact: Artifact, last: boolean) => Measured,
  baselineName: string,
  say: (line: string) => void,
): Measurement {
  const started = performance.now();
  let modelBytes = 0;
  let measured: Measured = { metrics: {}, baseline: {} };
  const curve = published.map(({ seconds, artifact }, index) => {
    say(`Measuring model ${index + 1} of ${published.length}.`);
    const model = stored(recipe, artifact);
    modelBytes = model.bytes;
    measured = measure(model.artifact, index === published.length - 1);
    return { seconds, metrics: measured.metrics };
  });
  const { metrics, baseline, details, differences } = measured;
  return {
    ...training,
    evaluationSeconds: (performance.now() - started) / 1000,
    modelBytes,
    metrics,
    references: { [baselineName]: baseline },
    curve,
    ...(details && { intervals: details.intervals }),
    ...(differences && { differences: { [baselineName]: differences } }),
  };
}

/** What a measurement knows beside the split. */
interface Beside {
  /** The data before it was split, from which recipes that say what rises are measured; the split's histories by default. */
  readonly everything?: TrainingData;
  /** A model to start from, as training mode UPDATE does. */
  readonly previous?: Artifact;
}

/**
 * Trains a recipe on what the split lets it learn and measures every model it publishes, the last of which is what a
 * service would go on serving; `evaluated` is that one's values case by case, `artifact` that one as it was stored.
 */
export async function measureInDetail(
  recipe: ItemRecipe,
  split: EvaluationSplit,
  options: QualityOptions,
  say: (line: string) => void,
  { everything = split.histories, previous }: Beside = {},
): Promise<{ readonly measurement: Measurement; readonly evaluated: Evaluated; readonly artifact: Artifact }> {
  const { fit, histories, cases } = split;
  const training = await train(recipe, { fit, held: amazonSplit(fit, options.seed).fit, previous }, options, say);
  const asked: EvaluationOptions = {
    excludeSeen: options.seen === "recipe" ? recipe.descriptor.excludesSeenByDefault : options.seen === "filter",
    maximumCases: Infinity,
    requestTime: options.requestTime,
    tiesAgainst: true,
  };
  const replica = replicaViewOf(histories, fit);
  let evaluated: Evaluated | undefined;
  const measure = (artifact: Artifact, last: boolean): Measured => {
    const answers = answersOf(recipe, artifact, replica, histories);
    if (!last) return { metrics: evaluate(replica, answers, cases, asked), baseline: {} };
    evaluated = evaluateInDetail(replica, answers, cases, asked);
    const popularity = evaluateInDetail(replica, popularAnswers(replica), cases, asked);
    const measured = compared(evaluated, popularity, options.seed);
    const trends = trendMetrics(recipe, artifact, everything);
    return {
      ...measured,
      metrics: { ...measured.metrics, ...trends.metrics },
      baseline: { ...measured.baseline, ...trends.baseline },
    };
  };
  const measurement = measureTraining(recipe, training, measure, "popularity", say);
  return { measurement, evaluated: evaluated!, artifact: stored(recipe, training.published.at(-1)!.artifact).artifact };
}

/** The measurement of {@link measureInDetail}. */
export async function measureOnSplit(...asked: Parameters<typeof measureInDetail>): Promise<Measurement> {
  return (await measureInDetail(...asked)).measurement;
}

/** A measurement of a recipe in its own way, and how many cases it was asked. */
export async function measureOwnWay(
  recipe: Recipe,
  data: TrainingData,
  options: QualityOptions,
  baselineName: string,
  say: (line: string) => void,
): Promise<{ measurement: Measurement; cases: number }> {
  const asked = { seed: options.seed, maximumCases: Infinity };
  const { fit, cases, measure } = recipe.evaluation.holdOut(data, asked);
  const held = recipe.evaluation.holdOut(fit, { ...asked, maximumCases: 1 }).fit;
  const training = await train(recipe, { fit, held }, options, say);
  return { measurement: measureTraining(recipe, training, measure, baselineName, say), cases };
}
