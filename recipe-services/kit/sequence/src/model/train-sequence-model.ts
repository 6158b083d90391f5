import type { MetadataTerms } from "@palate/features";
import { Random, breathe, type Hooks } from "@palate/numeric";
import type { TensorBackend } from "@palate/tensorflow";
import type { ContentPath } from "../network/bake-content.js";
import type { ItemContent } from "../network/item-content.js";
import { logPopularity } from "../network/mixer-parameters.js";
import type { NetworkScorer } from "../network/network-scorer.js";
import { MIXER_DEFAULTS, type MixerOptions } from "../network/train-mixer.js";
import { networkStages, suitableState, trainNetworks, type NetworkChoice } from "../network/train-networks.js";
import { CONTINUED_SHARE } from "../network/training-loop.js";
import type { EarlierNetwork, MixerState } from "../network/training-state.js";
import { RidgeForms } from "../ridge/ridge-forms.js";
import type { Ridge } from "../ridge/ridge.js";
import type { ContextLayout } from "../sequences/position-context.js";
import { hasRealTimes, longestGapRow, UNKNOWN_GAP } from "../sequences/request-time.js";
import { checkSequences, historyOf, holdOutLast, type HeldOut, type Sequences } from "../sequences/sequences.js";
import { BlendValidation, RIDGE_ONLY, UNMEASURED_INVERSE_TEMPERATURE, type Blend, type Validation } from "./blend.js";
import { fitNeighbours, withNeighbours, type NextChoice } from "./fit-neighbours.js";
import { knowsNewUsers, newUserCases } from "./new-users.js";
import { SequenceModel } from "./sequence-model.js";

/** How a sequence model is trained. */
export interface SequenceTrainingOptions {
  /** Wall-clock seconds for everything; the ridge alone is trained even if it takes longer. 0: no network. */
  readonly trainingSeconds: number;
  /** Same seed, data, backend and number of steps: same model. */
  readonly seed: number;
  /** What the items' metadata says; without it items are known by what users did alone. */
  readonly content?: ItemContent | undefined;
  /** The values and words that the items' metadata holds, by which the closed form finds neighbours items; default: nothing. */
  readonly terms?: MetadataTerms | undefined;
  /** Changes to the network's defaults. */
  readonly mixer?: Partial<MixerOptions>;
  /**
   * Whether the network is told how long after its last interaction a user asks; it never is when the times say nothing.
   * Default true.
   */
  readonly requestTime?: boolean;
  /**
   * What the network is told beside items and times; the sequences hold its values. The layout's gaps are left aside: they are
   * decided by `requestTime`. Default: nothing.
   */
  readonly context?: ContextLayout | undefined;
  /** Where an attempt before was ended, to go on from there. It is left aside when the network's shape is another. */
  readonly resume?: MixerState | undefined;
  /** Networks to continue: where one is of a kind that is trained, the training takes a third of the time. */
  readonly earlier?: readonly EarlierNetwork[] | undefined;
  /** Which networks are trained. Default `auto`. */
  readonly network?: NetworkChoice | undefined;
  /** Users whose last interaction is held out for validation, at most. Default 3000. */
  readonly validationUsers?: number;
  /**
   * What the ridge of the models to serve is refitted on: a superset of the sequences, with the same items, from which
   * interactions were held out for measuring. Default: the sequences.
   */
  readonly everything?: Sequences;
}

/** A model worth serving, better than those before it. */
export interface SequenceCheckpoint {
  /** The model to serve; its ridge is refitted on everything. */
  readonly model: SequenceModel;
  /** The same model as far as it knows the sequences alone: what metrics are to be computed with. */
  readonly evaluation: SequenceModel;
  /** Undefined for a first model, which is handed out while a better one is fitted. */
  readonly validation: Validation | undefined;
  /** Since the start of training. */
  readonly seconds: number;
  /** Optimiser steps of the network; 0 for the ridge alone. */
  readonly steps: number;
}

export interface SequenceTrainingHooks extends Hooks {
  /** Given every better model while training goes on; training waits for it. */
  readonly onCheckpoint?: (checkpoint: SequenceCheckpoint) => void | Promise<void>;
  /** Given the network's state every half minute or so, from which another process can go on. */
  readonly onState?: (state: MixerState) => Promise<void>;
}

/** Interactions from which a ridge is handed out before it is measured and refitted, which takes a while there. */
const EARLY_FROM = 1_000_000;
/** Users that tell how sharp its shares are. */
const EARLY_USERS = 50;
/** Share of the time that refitting a dense ridge with the held-out interactions may take before the network is trained. */
const REFIT_SHARE = 0.15;
/** Between two checkpoints the network is trained so many times as long as the one before took to be measured and stored. */
const CHECKPOINT_PACE = 5;
/** Factor on the quality of a model that knows new items, against one that does not. */
const CONTENT_BONUS = 1.02;
/**
 * Scores that the validation users' histories may take to work out, each time, and so many for each second of training: where
 * there is time for it, more users tell smaller differences apart. But so many users in any case.
 */
const VALIDATION_SCORES = 3e7;
const SCORES_PER_SECOND = 2.5e5;
const MIN_USERS = 100;

/**
 * The training plan: a ridge regression within seconds, which can be served at once, then the mixer network for the
 * rest of the time, blended with the ridge by what does best on held-out last interactions.
 * @returns the best model by validation NDCG@10
 * @throws RangeError when the sequences are inconsistent; the signal's reason when it is aborted
 */
export async function trainSequenceModel(
  sequences: Sequences,
  options: SequenceTrainingOptions,
  backend: TensorBackend,
  hooks: SequenceTrainingHooks = {},
): Promise<SequenceCheckpoint> {
  checkSequences(sequences);
  const clock = hooks.clock ?? (() => performance.now());
  const started = clock();
  const elapsed = (): number => (clock() - started) / 1000;
  const popularity = logPopularity(sequences.items, sequences.itemCount);
  const { everything = sequences, content } = options;
  let best: SequenceCheckpoint | undefined;

  async function offer(
    parts: {
      ridge: Ridge;
      fitted: Ridge;
      mixer?: NetworkScorer;
      path?: ContentPath | undefined;
      knowsNewUsers?: boolean;
      blend: Blend;
    },
    validation: Validation | undefined,
    steps: number,
    inverseTemperature = validation?.inverseTemperature ?? UNMEASURED_INVERSE_TEMPERATURE,
  ): Promise<void> {
    // A model that can tell new items by their metadata may be a little worse than one that cannot.
    const ahead = parts.path && !best?.model.knowsContent ? CONTENT_BONUS : 1;
    if (best?.validation && ahead * (validation?.ndcg10 ?? 0) <= best.validation.ndcg10) return;
    const common = { ...parts, popularity, inverseTemperature };
    const model = new SequenceModel(common);
    const evaluation = new SequenceModel({ ...common, ridge: parts.fitted });
    best = { model, evaluation, validation, seconds: elapsed(), steps };
    await hooks.onCheckpoint?.(best);
    await breathe(hooks.signal);
  }

  const forms = new RidgeForms(sequences, options.trainingSeconds, backend, hooks);
  const quick = await forms.quick(sequences);
  if (quick) await offer({ ridge: quick, fitted: quick, blend: RIDGE_ONLY }, undefined, 0);
  const heldOut = holdOutLast(sequences, validationUsers(sequences, options));
  const ridgeStarted = elapsed();
  const bare = await forms.fit(heldOut.training);
  const ridgeSeconds = elapsed() - ridgeStarted;
  const { terms } = options;
  const neighbours = terms && (await fitNeighbours(terms, heldOut.training, bare, choicesOf(heldOut), hooks));
  const fitted = withNeighbours(bare, neighbours);
  if (!best && sequences.items.length >= EARLY_FROM) {
    const few = await BlendValidation.of(someOf(heldOut, EARLY_USERS), fitted, hooks.signal);
    const { inverseTemperature } = await few.measure();
    await offer({ ridge: fitted, fitted, blend: RIDGE_ONLY }, undefined, 0, inverseTemperature);
  }
  const validation = await BlendValidation.of(heldOut, fitted, hooks.signal);
  const ridgeAlone = await validation.measure();
  // The newest interactions matter most where histories are short; and there the ridge is sparse and keeps to its time.
  const refit =
    forms.best.kind === "sparse" ||
    options.trainingSeconds === 0 ||
    ridgeSeconds <= REFIT_SHARE * options.trainingSeconds;
  const ridge = refit ? withNeighbours(await forms.refit(everything), neighbours) : fitted;
  await offer({ ridge, fitted, blend: RIDGE_ONLY }, ridgeAlone, 0);

  const stages = networkStages(options.network ?? "auto", options.trainingSeconds, sequences, backend);
  const { earlier = [] } = options;
  const continues = stages.some(({ body }) => earlier.some(({ shape }) => shape.body === body));
  const budget = options.trainingSeconds * (continues ? CONTINUED_SHARE : 1);
  const timed = (options.requestTime ?? true) && hasRealTimes(sequences);
  const longestGap = timed ? longestGapRow(heldOut.training) : UNKNOWN_GAP;
  const mixerOptions = { ...MIXER_DEFAULTS, ...options.mixer, context: { ...options.context, longestGap }, content };
  const newUsers = newUserCases(heldOut.training, options.seed);
  const resume = suitableState(options.resume, sequences, mixerOptions, stages);
  const resumed = resume && stages.find(({ body }) => body === resume.shape.body);
  const seconds = resume && resumed ? resume.seconds / resumed.share : budget - elapsed();
  if (seconds > 0 && heldOut.training.items.length > sequences.userCount) {
    const plan = { stages, seconds, seed: options.seed, resume, earlier, keep: hooks.onState };
    const withUnlearned = { ...mixerOptions, unlearnedStarts: newUsers?.unlearnedStarts };
    let notBefore = 0;
    for await (const snapshot of trainNetworks(backend, heldOut.training, withUnlearned, plan, hooks)) {
      const from = elapsed();
      if (snapshot.fraction < 1 && from < notBefore) continue;
      // The serving kernels score histories many times faster than the backend that trains.
      const { scorer: mixer, path } = snapshot.build();
      const measured = await validation.measure(mixer, content !== undefined);
      if (measured.blend.network === 1) {
        const knows = newUsers !== undefined && (await knowsNewUsers(mixer, newUsers, popularity, hooks.signal));
        const parts = { ridge, fitted, mixer, path, knowsNewUsers: knows, blend: measured.blend };
        await offer(parts, measured, snapshot.steps);
      }
      const now = elapsed();
      notBefore = now + CHECKPOINT_PACE * (now - from);
    }
  }
  return best!;
}

/** What the users held out chose next. */
function choicesOf({ training, users, targets }: HeldOut): NextChoice[] {
  return Array.from(users, (user, at) => ({ history: historyOf(training, user).items, target: targets[at]! }));
}

/** So many of the users held out, at most, at even distances. */
function someOf({ training, users, targets, moments }: HeldOut, most: number): HeldOut {
  const count = Math.min(most, users.length);
  const places = Int32Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * users.length) / count));
  return {
    training,
    users: places.map((at) => users[at]!),
    targets: places.map((at) => targets[at]!),
    moments: Float64Array.from(places, (at) => moments[at]!),
  };
}

/**
 * A random choice of users with at least two interactions: no more than asked for, than time allows for their scores,
 * or than takes 2 % of all interactions (but 50 in any case), since each costs the network its newest interaction.
 */
function validationUsers(
  sequences: Sequences,
  { seed, trainingSeconds, validationUsers: most = 3000 }: SequenceTrainingOptions,
): Int32Array {
  const eligible = Int32Array.from({ length: sequences.userCount }, (_, user) => user).filter(
    (user) =>
      historyOf(sequences, user).items.length >= 2 && (sequences.weights?.[sequences.offsets[user + 1]! - 1] ?? 1) > 0,
  );
  const scores = VALIDATION_SCORES + SCORES_PER_SECOND * trainingSeconds;
  const affordable = Math.floor(scores / Math.max(1, sequences.itemCount));
  const count = Math.min(
    most,
    Math.max(MIN_USERS, affordable),
    Math.max(50, Math.floor(0.02 * sequences.items.length)),
  );
  return new Random(seed).shuffle(eligible).slice(0, count).sort();
}
