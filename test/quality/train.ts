import {
  hyperparametersAsText,
  resolveHyperparameters,
  type Artifact,
  type HyperparameterValues,
  type Recipe,
  type TrainingData,
} from "@palate/recipe";
import { decodeArtifact, encodeArtifact } from "@palate/store";
import type { QualityOptions } from "./run-options.js";
import type { Outcome } from "./protocol.js";

/** A model as a service would read it back from a file. */
interface PublishedModel {
  /** Seconds of training when it was published. */
  readonly seconds: number;
  /** Fitted on everything that the training was given. */
  readonly artifact: Artifact;
}

/** A finished training and every model that it published. */
export interface Training extends Pick<
  Outcome,
  "recipe" | "backend" | "hyperparameters" | "trainingSeconds" | "trainingCpuSeconds"
> {
  /** Oldest first; never empty. */
  readonly published: readonly PublishedModel[];
}

/** The hyperparameters that the options ask for as text, `--minutes` included. */
export function hyperparameterTextsOf(recipe: Recipe, options: QualityOptions): Readonly<Record<string, string>> {
  const { hyperparameters } = recipe.descriptor;
  const takes = (name: string): boolean => hyperparameters.some((parameter) => parameter.name === name);
  const minutes =
    options.minutes !== undefined && takes("training_seconds")
      ? { training_seconds: String(Math.round(60 * options.minutes)) }
      : {};
  return { ...minutes, ...options.hyperparameters };
}

/** The hyperparameters that the options ask for, `--minutes` included, and the recipe's defaults for the others. */
function hyperparametersOf(recipe: Recipe, options: QualityOptions): HyperparameterValues {
  return resolveHyperparameters(recipe.descriptor.hyperparameters, hyperparameterTextsOf(recipe, options));
}

/** The artefact as a service would read it back from a file, and the file's length in bytes. */
export function stored({ descriptor }: Recipe, artifact: Artifact): { artifact: Artifact; bytes: number } {
  const file = Buffer.concat(encodeArtifact(artifact, descriptor));
  return { artifact: decodeArtifact(file, descriptor), bytes: file.length };
}

/** What a recipe learns from. */
interface Learned {
  /** All that it may learn from. */
  readonly fit: TrainingData;
  /** That without what its own validation is to see. */
  readonly held: TrainingData;
  /** A model to start from, as training mode UPDATE does. */
  readonly previous?: Artifact | undefined;
}

/**
 * Trains a recipe. Models are measured after training, so that measuring takes no time from it.
 * @throws Error when it publishes no model
 */
export async function train(
  recipe: Recipe,
  { fit, held, previous }: Learned,
  options: QualityOptions,
  say: (line: string) => void,
): Promise<Training> {
  const hyperparameters = hyperparametersOf(recipe, options);
  const published: PublishedModel[] = [];
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
    ...(previous && { previous }),
  });
  const trainingSeconds = seconds();
  const { user, system } = process.cpuUsage(cpu);
  if (published.length === 0) throw new Error(`${recipe.descriptor.name} published no model.`);
  return {
    recipe: recipe.descriptor.name,
    backend,
    hyperparameters: hyperparametersAsText(hyperparameters),
    trainingSeconds,
    trainingCpuSeconds: (user + system) / 1e6,
    published,
  };
}
