/** Share of the time that refitting a dense ridge on everything may take before the network is trained. */
const REFIT_SHARE = 0.15;
/** The network is trained for so many times as long as the last checkpoint took to measure and store, before the next one. */
const CHECKPOINT_PACE = 5;
/**
 * Scores computed in each validation, and the additional ones for each second of training: longer trainings validate on more users,
 * to tell smaller differences apart.
 */
const VALIDATION_SCORES = 3e7;
const VALIDATION_SCORES_PER_SECOND = 2.5e5;
/** Users that every validation may have, however large the catalogue is. */
const MIN_VALIDATION_USERS = 100;

/** Divides the time of a training between ridge, validation and networks. */
export class TrainingSchedule {
  /** The limit of the whole training in seconds; 0: the ridge alone is trained, however long it takes. */
  readonly trainingSeconds: number;
  readonly #clock: () => number;
  readonly #started: number;
  #nextCheckpoint = 0;

  /** @param clock milliseconds. Default: `performance.now` */
  constructor(trainingSeconds: number, clock: () => number = () => performance.now()) {
    this.trainingSeconds = trainingSeconds;
    this.#clock = clock;
    this.#started = clock();
  }

  /** Seconds since the start of the training. */
  elapsed(): number {
    return (this.#clock() - this.#started) / 1000;
  }

  /** How many users a validation may have with a catalogue of so many items. */
  maxValidationUsers(itemCount: number): number {
    const scores = VALIDATION_SCORES + VALIDATION_SCORES_PER_SECOND * this.trainingSeconds;
    return Math.max(MIN_VALIDATION_USERS, Math.floor(scores / Math.max(1, itemCount)));
  }

  /**
   * Whether there is time to fit a dense ridge a second time, on everything.
   * @param fitSeconds how long the first fit took
   */
  allowsRefit(fitSeconds: number): boolean {
    return this.trainingSeconds === 0 || fitSeconds <= REFIT_SHARE * this.trainingSeconds;
  }

  /**
   * Seconds left for the networks; negative when none are.
   * @param share of the time of the whole training that is used at all: less than 1 where earlier networks are continued
   */
  networkSeconds(share: number): number {
    return this.trainingSeconds * share - this.elapsed();
  }

  /**
   * Measures a checkpoint, unless the one before took so long that more training has to come first. The last one, at fraction 1, is
   * always measured.
   * @param fraction of the network's time, 1 at its end
   */
  async checkpoint(fraction: number, measure: () => Promise<void>): Promise<void> {
    const started = this.elapsed();
    if (fraction < 1 && started < this.#nextCheckpoint) return;
    await measure();
    const ended = this.elapsed();
    this.#nextCheckpoint = ended + CHECKPOINT_PACE * (ended - started);
  }
}
