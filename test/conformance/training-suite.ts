import { PalateError } from "@palate/host";
import {
  amazonSplit,
  hyperparametersAsText,
  replicaViewOf,
  resolveHyperparameters,
  trainingDataOf,
  type Artifact,
  type Checkpoint,
  type InteractionRow,
  type Progress,
  type Recipe,
  type TrainingData,
} from "@palate/recipe";
import { decodeArtifact, encodeArtifact } from "@palate/store";
import { expect, it } from "vitest";

/** A recipe to hold against what every recipe must do, whatever it finds. */
export interface TrainableRecipe<R extends Recipe = Recipe> {
  readonly recipe: R;
  /** Hyperparameters that make training short and repeatable. */
  readonly hyperparameters?: Readonly<Record<string, string>>;
  /** What it is trained on; default: {@link checkerboard}. */
  readonly data?: () => TrainingData;
  /** Hyperparameters with which training would outlast any test, where the recipe's time can be set. */
  readonly endless?: Readonly<Record<string, string>>;
  /** Hyperparameters with which a training takes some seconds, where the recipe keeps its state meanwhile. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** How one training of a test is run. */
interface TrainOptions {
  readonly seed?: number;
  readonly hyperparameters?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onReport?: (progress: Progress) => void;
  /** What an attempt before kept. */
  readonly resume?: Artifact;
  readonly saveState?: (state: Artifact) => Promise<void>;
}

/** Trains a recipe and returns every checkpoint it published. */
async function train(recipe: Recipe, data: TrainingData, options: TrainOptions): Promise<Checkpoint[]> {
  const {
    seed = 1,
    hyperparameters = {},
    signal = new AbortController().signal,
    onReport,
    resume,
    saveState,
  } = options;
  const checkpoints: Checkpoint[] = [];
  await recipe.train({
    everything: data,
    fit: amazonSplit(data, seed).fit,
    hyperparameters: resolveHyperparameters(recipe.descriptor.hyperparameters, hyperparameters),
    seed,
    backend: "auto",
    signal,
    report: (progress) => onReport?.(progress),
    publish: async (checkpoint) => {
      checkpoints.push(checkpoint);
    },
    ...(resume && { resume }),
    ...(saveState && { saveState }),
  });
  return checkpoints;
}

/** A walk of a user over items, one a minute. */
export function walk(user: string, items: readonly string[], start = 1_700_000_000): InteractionRow[] {
  return items.map((item, step) => ({ user, item, timestamp: start + 60 * step, eventType: "view" }));
}

/** Users of the checkerboard, and items. */
export const SIDE = 20;

/**
 * A checkerboard: users of even number walked over all even items, those of odd number over all odd ones, each in an
 * order of their own and without the item of their own number. Whatever learns from others must recommend just that one.
 */
export function checkerboard(): TrainingData {
  const rows = Array.from({ length: SIDE }, (_, user) => {
    // Strides without a common factor with the ten items of a colour, so that each walk meets every one of them once.
    const stride = [1, 3, 7][user % 3]!;
    const items = Array.from({ length: SIDE / 2 - 1 }, (_, step) => `item ${(user + 2 * (step + 1) * stride) % SIDE}`);
    return walk(`user ${user}`, items);
  });
  return trainingDataOf(rows.flat());
}

/** The last model that a training publishes. */
export async function lastCheckpoint(
  { recipe, hyperparameters = {} }: TrainableRecipe,
  data: TrainingData,
): Promise<Checkpoint> {
  const checkpoints = await train(recipe, data, { hyperparameters });
  expect(checkpoints.length, "published checkpoints").toBeGreaterThan(0);
  return checkpoints.at(-1)!;
}

/** The file that a service would store. */
export function fileOf({ descriptor }: Recipe, checkpoint: Checkpoint): Buffer {
  return Buffer.concat(encodeArtifact(checkpoint.deployed, descriptor));
}

/** What is asked of every training and every artefact, whatever the recipe finds. */
export function describeTraining(underTest: TrainableRecipe): void {
  const { recipe, hyperparameters = {}, endless, kept, data: madeUp = checkerboard } = underTest;
  const { descriptor } = recipe;

  it("describes itself: one name for each hyperparameter, and defaults that are allowed", () => {
    const names = descriptor.hyperparameters.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const defaults = resolveHyperparameters(descriptor.hyperparameters, {});
    const again = resolveHyperparameters(descriptor.hyperparameters, hyperparametersAsText(defaults));
    expect(again).toEqual(defaults);
    expect(descriptor.description).not.toBe("");
  });

  it("names every wrong hyperparameter at once", () => {
    const wrong = Object.fromEntries(descriptor.hyperparameters.map(({ name }) => [name, "per/haps"]));
    let error: unknown;
    try {
      resolveHyperparameters(descriptor.hyperparameters, { ...wrong, no_such_parameter: "1" });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(PalateError);
    const named = (error as PalateError).details.violations?.map(({ field }) => field);
    expect(named?.sort()).toEqual([...Object.keys(wrong), "no_such_parameter"].sort());
  });

  it("makes the same model of the same data and seed, byte for byte", async () => {
    const [one, two] = [await lastCheckpoint(underTest, madeUp()), await lastCheckpoint(underTest, madeUp())];
    expect(fileOf(recipe, one).equals(fileOf(recipe, two))).toBe(true);
  });

  it("refuses to train on nothing, and says why", async () => {
    const error = await train(recipe, trainingDataOf([]), { hyperparameters }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PalateError);
    expect((error as PalateError).code).toBe("failed_precondition");
    expect((error as PalateError).message).toMatch(/interactions/i);
  });

  it("stops when asked to, before it begins and underway", async () => {
    const before = AbortSignal.abort();
    const data = madeUp();
    await expect(train(recipe, data, { hyperparameters, signal: before })).rejects.toThrow();
    if (endless === undefined) return;
    const underway = new AbortController();
    const options = { hyperparameters: endless, signal: underway.signal, onReport: () => underway.abort() };
    // It may end by throwing or by returning; what counts is that it ends, within this test's time.
    await Promise.allSettled([train(recipe, data, options)]);
    expect(underway.signal.aborted).toBe(true);
  });

  it.skipIf(kept === undefined)("goes on where it was when its process was killed", async () => {
    const learning = ({ points = [] }: Progress): boolean => points.some(({ series }) => series === "loss");
    const data = madeUp();
    const killed = new AbortController();
    let reached = 0;
    let state: Artifact | undefined;
    const first = train(recipe, data, {
      hyperparameters: kept!,
      signal: killed.signal,
      onReport: (progress) => {
        if (learning(progress)) reached = progress.fraction;
      },
      saveState: async (artifact) => {
        state = decodeArtifact(Buffer.concat(encodeArtifact(artifact, descriptor)), descriptor);
        killed.abort();
      },
    });
    await expect(first).rejects.toThrow();
    expect(reached).toBeGreaterThan(0);

    const seen = new AbortController();
    let goneOn = 0;
    const second = train(recipe, data, {
      hyperparameters: kept!,
      signal: seen.signal,
      resume: state!,
      onReport: (progress) => {
        if (!learning(progress)) return;
        goneOn ||= progress.fraction;
        seen.abort();
      },
    });
    await expect(second).rejects.toThrow();
    expect(goneOn).toBeGreaterThan(reached);
  });

  it("refuses an artefact it cannot read", () => {
    const replica = replicaViewOf(madeUp());
    expect(() => recipe.load({ tensors: new Map(), metadata: {} }, replica)).toThrow(PalateError);
  });
}
