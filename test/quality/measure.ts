import { decodeArtifact, encodeArtifact } from "@palate/kit/models";
import {
  amazonSplit,
  evaluateArtifact,
  hyperparametersAsText,
  leaveOneOut,
  popularityMetrics,
  resolveHyperparameters,
  temporalSplit,
  trendMetrics,
  type Artifact,
  type Evaluation,
  type EvaluationOptions,
  type EvaluationSplit,
  type Measured,
  type Metrics,
  type Recipe,
  type TrainingData,
} from "@palate/kit/recipe";
import type { PlantedProtocol, Protocol, QualityOptions } from "./options.js";

/** Quality of one published model. */
export interface CurvePoint {
  /** Seconds of training when it was published. */
  readonly seconds: number;
  readonly metrics: Metrics;
}

/** What was measured of one recipe. */
export interface Measurement {
  readonly recipe: string;
  /** Backend it says it trained with. */
  readonly backend: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Wall-clock seconds from the start of training to its end. */
  readonly trainingSeconds: number;
  /** Processor seconds of the process in that time, of all threads. */
  readonly trainingCpuSeconds: number;
  readonly evaluationSeconds: number;
  /** Bytes of the model file of the last published model. */
  readonly modelBytes: number;
  /** Metrics of the last published model. */
  readonly metrics: Metrics;
  /** Metrics of recommending the most popular items (finding the most active users), asked in the same way. */
  readonly popularity: Metrics;
  /** Every published model, oldest first. */
  readonly curve: readonly CurvePoint[];
}

/** Divides the data as the protocol says. */
export function splitBy(
  protocol: Exclude<Protocol, "segments" | PlantedProtocol>,
  data: TrainingData,
  seed: number,
): EvaluationSplit {
  switch (protocol) {
    case "leave-one-out":
      return leaveOneOut(data);
    case "temporal":
      return temporalSplit(data);
    case "amazon":
      return amazonSplit(data, seed);
  }
}

/** How many cases ask for something that is in the user's history already, so cannot be met when seen items are left out. */
export function repeatedCases({ histories, cases }: EvaluationSplit): number {
  return cases.filter(({ user, truth }) => {
    const seen = new Set(histories.items.subarray(histories.offsets[user], histories.offsets[user + 1]));
    return truth.every((item) => seen.has(item));
  }).length;
}

function hyperparametersOf(recipe: Recipe, options: QualityOptions): ReturnType<typeof resolveHyperparameters> {
  const { hyperparameters } = recipe.descriptor;
  const takes = (name: string): boolean => hyperparameters.some((parameter) => parameter.name === name);
  const minutes =
    options.minutes !== undefined && takes("training_seconds")
      ? { training_seconds: String(Math.round(60 * options.minutes)) }
      : {};
  return resolveHyperparameters(hyperparameters, { ...minutes, ...options.hyperparameters });
}

/** The artefact as a service would read it back from a file, and the file's length in bytes. */
function stored({ descriptor }: Recipe, artifact: Artifact): { artifact: Artifact; bytes: number } {
  const file = Buffer.concat(encodeArtifact(artifact, descriptor));
  return { artifact: decodeArtifact(file, descriptor), bytes: file.length };
}

/** A finished training and every model that it published. */
interface Training extends Pick<
  Measurement,
  "recipe" | "backend" | "hyperparameters" | "trainingSeconds" | "trainingCpuSeconds"
> {
  readonly published: readonly { readonly seconds: number; readonly artifact: Artifact }[];
}

/** Trains a recipe. `fit` is all that it may learn from, `held` that without what its own validation is to see. */
async function train(
  recipe: Recipe,
  fit: TrainingData,
  held: TrainingData,
  options: QualityOptions,
  say: (line: string) => void,
): Promise<Training> {
  const hyperparameters = hyperparametersOf(recipe, options);
  const published: { seconds: number; artifact: Artifact }[] = [];
  const cpu = process.cpuUsage();
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  const { backend } = await recipe.train({
    everything: fit,
    fit: held,
    hyperparameters,
    seed: options.seed,
    backend: options.backend,
    signal: new AbortController().signal,
    report: ({ fraction, message }) => say(`${(100 * fraction).toFixed(0)} %  ${message}`),
    publish: async ({ deployed }) => {
      published.push({ seconds: seconds(), artifact: deployed });
    },
  });
  const trainingSeconds = seconds();
  const { user, system } = process.cpuUsage(cpu);
  return {
    recipe: recipe.descriptor.name,
    backend,
    hyperparameters: hyperparametersAsText(hyperparameters),
    trainingSeconds,
    trainingCpuSeconds: (user + system) / 1e6,
    published,
  };
}

/** Measures every model of a training, as a service would read it back from a file. */
function measured(
  recipe: Recipe,
  { published, ...training }: Training,
  measure: (artifact: Artifact) => Measured,
  say: (line: string) => void,
): Measurement {
  const started = performance.now();
  let modelBytes = 0;
  let baseline: Metrics = {};
  const curve = published.map(({ seconds, artifact }, index) => {
    say(`Measuring model ${index + 1} of ${published.length}.`);
    const model = stored(recipe, artifact);
    modelBytes = model.bytes;
    const { metrics, baseline: theirs } = measure(model.artifact);
    baseline = theirs;
    return { seconds, metrics };
  });
  const last = curve.at(-1);
  if (last === undefined) throw new Error(`${training.recipe} published no model.`);
  const evaluationSeconds = (performance.now() - started) / 1000;
  return { ...training, evaluationSeconds, modelBytes, metrics: last.metrics, popularity: baseline, curve };
}

/**
 * Trains a recipe on what the split lets it learn and measures every model it publishes, the last of which is what a
 * service would go on serving. Models are measured after training, so that measuring takes no time from it.
 * @param everything the data before it was split, from which recipes that say what rises are measured
 */
export async function measure(
  recipe: Recipe,
  split: EvaluationSplit,
  options: QualityOptions,
  say: (line: string) => void,
  everything: TrainingData = split.histories,
): Promise<Measurement> {
  const { fit, histories, cases } = split;
  const training = await train(recipe, fit, amazonSplit(fit, options.seed).fit, options, say);
  const asked: EvaluationOptions = {
    excludeSeen: options.seen === "recipe" ? recipe.descriptor.excludesSeenByDefault : options.seen === "filter",
    maximumCases: Infinity,
    requestTime: options.requestTime,
    tiesAgainst: true,
    counted: fit,
  };
  let baseline: Metrics | undefined;
  const of = (artifact: Artifact): Measured => {
    const trends = trendMetrics(recipe, artifact, everything);
    baseline ??= { ...popularityMetrics(histories, cases, asked), ...trends.baseline };
    return { metrics: { ...evaluateArtifact(recipe, artifact, histories, cases, asked), ...trends.metrics }, baseline };
  };
  return measured(recipe, training, of, say);
}

/** A measurement of a recipe that brings its own way of being measured, and how many cases it was asked. */
export async function measureOwnWay(
  recipe: Recipe & { readonly evaluation: Evaluation },
  data: TrainingData,
  options: QualityOptions,
  say: (line: string) => void,
): Promise<{ measurement: Measurement; cases: number }> {
  const asked = { seed: options.seed, maximumCases: Infinity };
  const { fit, cases, measure: of } = recipe.evaluation.holdOut(recipe, data, asked);
  const held = recipe.evaluation.holdOut(recipe, fit, { ...asked, maximumCases: 1 }).fit;
  const training = await train(recipe, fit, held, options, say);
  return { measurement: measured(recipe, training, of, say), cases };
}
