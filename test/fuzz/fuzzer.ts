/** A check on inputs, orders or moments that a seed draws. */
export interface Fuzzer {
  /** Its name on the command line. */
  readonly name: string;
  /** What it checks. */
  readonly checks: string;
  /** What a round is. */
  readonly round: string;
  /** Rounds unless others are asked for; about half a minute. */
  readonly rounds: number;
  /** Rounds that show that it works; they take a few seconds. */
  readonly fewRounds: number;
  /**
   * Checks.
   * @returns what was tried, in a few words
   * @throws Error when something does not hold; one with a `seed` fails with a single round of that seed, too
   */
  run(seed: number, rounds: number): Promise<string>;
}

/** Thrown by a fuzzer that cannot run on this machine. */
export class NotPossible extends Error {}
