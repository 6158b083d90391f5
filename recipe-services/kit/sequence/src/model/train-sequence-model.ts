import type { MetadataTerms } from "@palate/features";
import type { TensorBackend } from "@palate/tensorflow";
import type { ItemContent } from "../network/item-content.js";
import { logPopularity } from "../network/mixer-parameters.js";
import { MIXER_DEFAULTS, type MixerOptions } from "../network/train-mixer.js";
import { networkStages, suitableState, trainNetworks, type NetworkChoice } from "../network/train-networks.js";
import type { EarlierNetwork, MixerState } from "../network/training-state.js";
import { CONTINUED_SHARE } from "../optimisation/training-loop.js";
import { RidgeForms } from "../ridge/ridge-forms.js";
import type { ContextLayout } from "../sequences/position-context.js";
import { hasRealTimes, longestGapRow, UNKNOWN_GAP } from "../sequences/request-time.js";
import { checkSequences, holdOutLast, type Sequences } from "../sequences/sequences.js";
import { BlendValidation } from "./blend-validation.js";
import { Candidates, type RidgePair, type SequenceCheckpoint } from "./candidates.js";
import { fitNeighbours, withNeighbours } from "./fit-neighbours.js";
import { knowsNewUsers, newUserCases } from "./new-users.js";
import { TrainingSchedule } from "./training-schedule.js";
import { choicesOf, drawValidationUsers, sampleUsers } from "./validation-users.js";
import type { ComputationOptions } from "../sequences/computation-options.js";

/** How a sequence model is trained. */
export interface SequenceTrainingOptions {
  /** Wall-clock seconds of the whole training; the ridge is trained even if it takes longer. 0: no network. */
  readonly trainingSeconds: number;
  /** Same seed, data, backend and number of steps: same model. */
  readonly seed: number;
  /** Features of the items' metadata for the network. Default: items are known by interactions alone. */
  readonly content?: ItemContent | undefined;
  /** Values and words of the items' metadata, by which the ridge finds metadata neighbours. Default: none. */
  readonly terms?: MetadataTerms | undefined;
  /** Changes to the network's defaults. */
  readonly mixer?: Partial<MixerOptions>;
  /**
   * Whether the network is given the time between the user's last interaction and the request. It never is where the timestamps
   * carry no information. Default true.
   */
  readonly requestTime?: boolean;
  /**
   * What the network is given beside items and times; the sequences hold the values. The layout's gaps are ignored, `requestTime`
   * decides about them. Default: nothing.
   */
  readonly context?: ContextLayout | undefined;
  /** The state at which an earlier attempt ended, to go on from there. Ignored when the network has another shape. */
  readonly resume?: MixerState | undefined;
  /** Networks to continue: if one is of a kind that is trained, the training takes a third of the time. */
  readonly earlier?: readonly EarlierNetwork[] | undefined;
  /** Which networks are trained. Default `auto`. */
  readonly network?: NetworkChoice | undefined;
  /** Users whose last interaction is held out for validation, at most. Default 3000. */
  readonly validationUsers?: number;
  /**
   * What the ridge of served models is refitted on: a superset of the sequences with the same items, including interactions that
   * were held out for metrics. Default: the sequences.
   */
  readonly everything?: Sequences;
}

/** What a training tells its caller on the way. */
export interface SequenceComputation extends ComputationOptions {
  /** Given every better model while training goes on; training waits for it. */
  readonly onCheckpoint?: (checkpoint: SequenceCheckpoint) => void | Promise<void>;
  /** Given the network's state every half minute or so, from which another process can go on. */
  readonly onState?: (state: MixerState) => Promise<void>;
}

/** Interactions from which a ridge is published before it is validated and refitted, which takes a while there. */
const EARLY_FROM = 1_000_000;
/** Users on whom its inverse temperature is measured. */
const EARLY_USERS = 50;
/** Default of `SequenceTrainingOptions.validationUsers`. */
const VALIDATION_USERS = 3000;

/** What the steps of one training share. */
interface Training {
  readonly sequences: Sequences;
  readonly options: SequenceTrainingOptions;
  readonly backend: TensorBackend;
  readonly computation: SequenceComputation;
  readonly schedule: TrainingSchedule;
  readonly candidates: Candidates;
  readonly popularity: Float32Array;
}

/** What the ridge leaves for the networks. */
interface RidgeResult {
  readonly ridges: RidgePair;
  /** Without the held-out interactions. */
  readonly training: Sequences;
  readonly validation: BlendValidation;
}

/**
 * Trains a sequence model: a ridge regression within seconds, which can be served at once, then networks for the rest of the time,
 * blended with the ridge by what is best on held-out last interactions.
 * @returns the best model by validation NDCG@10
 * @throws RangeError when the sequences are inconsistent; the signal's reason when it is aborted
 */
export async function trainSequenceModel(
  sequences: Sequences,
  options: SequenceTrainingOptions,
  backend: TensorBackend,
  computation: SequenceComputation = {},
): Promise<SequenceCheckpoint> {
  checkSequences(sequences);
  const schedule = new TrainingSchedule(options.trainingSeconds, computation.clock);
  const popularity = logPopularity(sequences.items, sequences.itemCount);
  const candidates = new Candidates(popularity, schedule, computation.onCheckpoint, computation.signal);
  const training = { sequences, options, backend, computation, schedule, candidates, popularity };
  await offerNetworks(training, await offerRidge(training));
  return candidates.best!;
}

/** Fits, validates and refits the ridge, and offers it. Where that takes long, a first ridge is offered before. */
async function offerRidge({
  sequences,
  options,
  backend,
  computation,
  schedule,
  candidates,
}: Training): Promise<RidgeResult> {
  const { everything = sequences, terms, validationUsers = VALIDATION_USERS, seed } = options;
  const forms = new RidgeForms(sequences, options.trainingSeconds, backend, computation);
  const quick = await forms.quick(sequences);
  if (quick) await candidates.offerUnvalidated({ served: quick, evaluation: quick });
  const most = Math.min(validationUsers, schedule.maxValidationUsers(sequences.itemCount));
  const heldOut = holdOutLast(sequences, drawValidationUsers(sequences, most, seed));
  const started = schedule.elapsed();
  const bare = await forms.fit(heldOut.training);
  const fitSeconds = schedule.elapsed() - started;
  const neighbours = terms && (await fitNeighbours(terms, heldOut.training, bare, choicesOf(heldOut), computation));
  const evaluation = withNeighbours(bare, neighbours);
  if (!candidates.best && sequences.items.length >= EARLY_FROM) {
    const few = await BlendValidation.of(sampleUsers(heldOut, EARLY_USERS), evaluation, computation.signal);
    const { inverseTemperature } = await few.measure();
    await candidates.offerUnvalidated({ served: evaluation, evaluation }, inverseTemperature);
  }
  const validation = await BlendValidation.of(heldOut, evaluation, computation.signal);
  const measured = await validation.measure();
  // The newest interactions matter most where histories are short; there the ridge is sparse and keeps to its time limit.
  const refits = forms.best.kind === "sparse" || schedule.allowsRefit(fitSeconds);
  const served = refits ? withNeighbours(await forms.refit(everything), neighbours) : evaluation;
  const ridges = { served, evaluation };
  await candidates.offer(ridges, measured);
  return { ridges, training: heldOut.training, validation };
}

/** Trains the networks for the rest of the time and offers them, blended with the ridge. */
async function offerNetworks(
  { sequences, options, backend, computation, schedule, candidates, popularity }: Training,
  { ridges, training, validation }: RidgeResult,
): Promise<void> {
  const { trainingSeconds, seed, content, earlier = [] } = options;
  const stages = networkStages(options.network ?? "auto", trainingSeconds, sequences, backend);
  const continues = stages.some(({ body }) => earlier.some(({ shape }) => shape.body === body));
  const timed = (options.requestTime ?? true) && hasRealTimes(sequences);
  const longestGap = timed ? longestGapRow(training) : UNKNOWN_GAP;
  const mixerOptions = { ...MIXER_DEFAULTS, ...options.mixer, context: { ...options.context, longestGap }, content };
  const newUsers = newUserCases(training, seed);
  const resume = suitableState(options.resume, sequences, mixerOptions, stages);
  const resumed = resume && stages.find(({ body }) => body === resume.shape.body);
  const seconds =
    resume && resumed ? resume.seconds / resumed.share : schedule.networkSeconds(continues ? CONTINUED_SHARE : 1);
  if (seconds <= 0 || training.items.length <= sequences.userCount) return;
  const plan = { stages, seconds, seed, resume, earlier, keep: computation.onState };
  const withUnlearned = { ...mixerOptions, unlearnedStarts: newUsers?.unlearnedStarts };
  for await (const snapshot of trainNetworks(backend, training, withUnlearned, plan, computation)) {
    await schedule.checkpoint(snapshot.fraction, async () => {
      // The serving kernels score histories many times faster than the backend that trains.
      const { scorer: mixer, path } = snapshot.build();
      const measured = await validation.measure(mixer, content !== undefined);
      const { blend } = measured;
      if (blend.network === 0) return;
      const knows = newUsers !== undefined && (await knowsNewUsers(mixer, newUsers, popularity, computation.signal));
      await candidates.offer(ridges, measured, { mixer, path, knowsNewUsers: knows, blend, steps: snapshot.steps });
    });
  }
}
