import { Random, SparseRowsBuilder, type SparseRows } from "@palate/numeric";
import { replicaViewOf, type TrainingData } from "@palate/recipe";
import { setImmediate as turn } from "node:timers/promises";
import { fitCalibration, IDENTITY, type Calibration } from "./calibration.js";
import { Encoder } from "./encoder.js";
import { examplesOf, sliceExamples, type Examples } from "./examples.js";
import { featureSpaceOf, type FeatureSpace } from "./feature-space.js";
import { FactorTrainer, sigmoid, type EncodedExamples, type Factors } from "./model.js";
import { Projector } from "./projector.js";
import type { Settings } from "./recipe.js";
import { SparseVector } from "./sparse-vector.js";

/** Most examples that are used: the newest. */
const MAX_EXAMPLES = 400_000;

/** Fewest examples of which a part is held out for model selection and calibration. */
const MIN_TO_HOLD_OUT = 100;

/** Share of the examples, the newest, that is held out. */
const HELD_OUT = 0.2;

/** Most epochs; fitting stops early when the loss on held-out examples has not improved for two (PATIENCE). */
const MAX_EPOCHS = 15;
const PATIENCE = 2;

/** Smaller gains on held-out examples are noise. */
const MIN_GAIN = 1e-4;

/**
 * Share of the examples whose user is treated as unknown, so that the model learns to predict for unknown users too. Without
 * this, no example would ever lack the features that unknown users lack.
 */
const UNKNOWN = 0.06;

/** Strength, in occasions, of the overall average that an action's own average is smoothed with. */
const RATE_SMOOTHING = 10;

/** Seconds that a query is dated before an event, so that it does not know the event itself. */
export const BEFORE = 1e-3;

/** A fitted model. */
export interface Fitted {
  readonly space: FeatureSpace;
  /** Share of occasions on which each action of the space is taken. */
  readonly rates: Float32Array;
  /** The same over all actions. */
  readonly rate: number;
  /** First step: predicts from everything except what users did about actions before. */
  readonly expectation: Factors;
  /** Second step: predicts the difference to the first, from everything. */
  readonly factors: Factors;
  readonly calibration: Calibration;
}

/** A candidate of the model selection: rank and number of epochs, with its loss and calibration on held-out examples. */
interface Choice {
  readonly rank: number;
  readonly passes: number;
  readonly loss: number;
  readonly calibration: Calibration;
}

/** Context of a fit, in addition to the data. */
export interface FitContext {
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called after each epoch with the share done, 0 to 1, and the loss on held-out examples. */
  readonly onPass: (share: number, loss: number | null) => void;
}

/** Share of the examples of each action that are positive, smoothed with the overall share. */
function ratesOf({ actions, labels, weights }: Examples, actionCount: number): { rates: Float32Array; rate: number } {
  const taken = new Float64Array(actionCount);
  const all = new Float64Array(actionCount);
  let [takenOfAll, mass] = [0, 0];
  for (let i = 0; i < actions.length; i++) {
    all[actions[i]!]! += weights[i]!;
    mass += weights[i]!;
    if (labels[i] === 1) {
      taken[actions[i]!]! += weights[i]!;
      takenOfAll += weights[i]!;
    }
  }
  const rate = (takenOfAll + 0.5) / (mass + 1);
  return { rate, rates: Float32Array.from(all, (n, a) => (taken[a]! + RATE_SMOOTHING * rate) / (n + RATE_SMOOTHING)) };
}

/** Features of the actions, one row each. */
function actionRows(encoder: Encoder, actionCount: number): SparseRows {
  const vector = new SparseVector(encoder.layout.size);
  const rows = new SparseRowsBuilder();
  for (let action = 0; action < actionCount; action++) {
    vector.clear();
    encoder.action(action, vector);
    vector.endRowOf(rows);
  }
  return rows.finish();
}

/** Encodes the examples without what users did about actions before; the offset is the action's average. */
function encodeExpectation({ users, actions, times, labels, weights }: Examples, encoder: Encoder): EncodedExamples {
  const vector = new SparseVector(encoder.layout.size);
  const rows = new SparseRowsBuilder();
  for (let i = 0; i < users.length; i++) {
    vector.clear();
    encoder.user(users[i]!, times[i]! - BEFORE, vector);
    vector.endRowOf(rows);
  }
  const offsets = Float32Array.from(actions, (action) => encoder.averageOf(action));
  const actionCount = actions.reduce((most, action) => Math.max(most, action + 1), 0);
  return {
    users: rows.finish(),
    actions: actionRows(encoder, actionCount),
    actionOf: actions,
    offsets,
    labels,
    weights,
  };
}

/** Encodes the examples with all features; the offset is the prediction of the first step. */
function encodeAll(examples: Examples, encoder: Encoder, projector: Projector, rows: SparseRows): EncodedExamples {
  const { users, actions, times, labels, weights } = examples;
  const vector = new SparseVector(encoder.layout.size);
  const builder = new SparseRowsBuilder();
  const offsets = new Float32Array(users.length);
  for (let i = 0; i < users.length; i++) {
    const moment = times[i]! - BEFORE;
    vector.clear();
    encoder.user(users[i]!, moment, vector);
    const user = projector.of(vector);
    const logit = (action: number): number => encoder.averageOf(action) + projector.logit(action, user);
    const expected = (action: number): number => sigmoid(logit(action));
    const past = encoder.past(users[i]!, moment, expected, vector);
    encoder.pair(past, actions[i]!, expected, vector);
    vector.endRowOf(builder);
    offsets[i] = logit(actions[i]!);
  }
  return { users: builder.finish(), actions: rows, actionOf: actions, offsets, labels, weights };
}

/** What one step is fitted to. */
interface Problem {
  /** Number of features. */
  readonly size: number;
  readonly data: EncodedExamples;
  readonly settings: Settings;
}

async function inTurns(work: Generator<void, void>, signal: AbortSignal): Promise<void> {
  while (work.next().done !== true) {
    await turn();
    signal.throwIfAborted();
  }
}

/** Fits a rank on the examples before `heldFrom`, with early stopping on the others, and calibrates on these. */
async function choose(
  { size, data, settings }: Problem,
  heldFrom: number,
  rank: number,
  { seed, signal, onPass }: FitContext,
): Promise<Choice> {
  const trainer = new FactorTrainer(size, data, { ...settings, rank, seed });
  const count = data.labels.length;
  let best: Choice = { rank, passes: 0, loss: trainer.loss(heldFrom, count), calibration: IDENTITY };
  for (let pass = 1; pass <= MAX_EPOCHS && pass - best.passes <= PATIENCE; pass++) {
    await inTurns(trainer.epoch(heldFrom), signal);
    const loss = trainer.loss(heldFrom, count);
    onPass(pass / MAX_EPOCHS, loss);
    if (loss >= best.loss - MIN_GAIN) continue;
    const logits = Float64Array.from({ length: count - heldFrom }, (_, k) => trainer.logit(heldFrom + k));
    const held = data.weights.subarray(heldFrom);
    best = { rank, passes: pass, loss, calibration: fitCalibration(logits, data.labels.subarray(heldFrom), held) };
  }
  return best;
}

/** Chooses rank and number of epochs with the newest examples held out, then fits on all examples. */
async function chooseAndFit(
  problem: Problem,
  ranks: readonly number[],
  context: FitContext,
): Promise<{ factors: Factors; calibration: Calibration }> {
  const { size, data, settings } = problem;
  const count = data.labels.length;
  let choice: Choice = { rank: 0, passes: 0, loss: Infinity, calibration: IDENTITY };
  if (count >= MIN_TO_HOLD_OUT) {
    const heldFrom = Math.floor((1 - HELD_OUT) * count);
    for (const [index, rank] of ranks.entries()) {
      const onPass: FitContext["onPass"] = (share, loss) =>
        context.onPass((0.6 * (index + share)) / ranks.length, loss);
      const found = await choose(problem, heldFrom, rank, { ...context, onPass });
      if (found.loss < choice.loss) choice = found;
    }
  }
  const { rank, passes, calibration } = choice;
  const trainer = new FactorTrainer(size, data, { ...settings, rank, seed: context.seed });
  for (let pass = 1; pass <= passes; pass++) {
    await inTurns(trainer.epoch(count), context.signal);
    context.onPass(0.6 + (0.4 * pass) / passes, null);
  }
  const { weights, vectors, bias } = trainer;
  return { factors: { weights, vectors, rank, bias }, calibration };
}

/**
 * Fits a model to the occasions in two steps: the first predicts from attributes and items; the second uses all features, and
 * has the prediction of the first as offset, so that a user's past with actions is compared with what was predicted for it.
 * Each step chooses, on the newest examples, whether features interact in pairs and how many epochs to fit; the second one is
 * calibrated on them.
 * @throws whatever the signal was aborted with
 */
export async function fit(data: TrainingData, settings: Settings, context: FitContext): Promise<Fitted> {
  const actions = data.actions!;
  const all = examplesOf(actions, settings.periodSeconds);
  const known = sliceExamples(all, Math.max(0, all.users.length - MAX_EXAMPLES), all.users.length);
  const random = new Random(context.seed);
  const examples = { ...known, users: known.users.map((user) => (random.uniform() < UNKNOWN ? -1 : user)) };
  const space = featureSpaceOf(data);
  const { rates, rate } = ratesOf(examples, actions.actionIds.length);
  const encoder = new Encoder(space, rates, rate, replicaViewOf(data));
  const { size } = encoder.layout;
  const ranks = settings.factors > 0 ? [0, settings.factors] : [0];
  const half = (from: number): FitContext => ({
    ...context,
    onPass: (share, loss) => context.onPass(from + share / 2, from > 0 ? loss : null),
  });
  const first = encodeExpectation(examples, encoder);
  const { factors: expectation } = await chooseAndFit({ size, data: first, settings }, ranks, half(0));
  const projector = new Projector(expectation, encoder, { version: 1 });
  const second = encodeAll(examples, encoder, projector, first.actions);
  const { factors, calibration } = await chooseAndFit({ size, data: second, settings }, ranks, half(0.5));
  return { space, rates, rate, expectation, factors, calibration };
}
