import type { EngineStep } from "./options.js";

/**
 * What kind of problem a MongoLauncherError reports:
 * - `no_engine`: every step of the chain was passed over; `attempts` says why, step by step.
 * - `unreachable`: the given URI, or an engine that was just started, does not answer.
 * - `data_dir_in_use`: another server has the data directory.
 * - `data_dir_mismatch`: the data directory belongs to another engine, or to a newer version of it.
 * - `port_in_use`: the wanted port is taken.
 * - `engine_failed`: the engine was found but ended before it was ready.
 */
export type MongoErrorCode =
  "no_engine" | "unreachable" | "data_dir_in_use" | "data_dir_mismatch" | "port_in_use" | "engine_failed";

/** One step of the resolution chain that could not be taken. */
export interface FailedAttempt {
  readonly step: EngineStep;
  /** Why the step was passed over, as a clause: "no mongod on the PATH". */
  readonly reason: string;
  /** What would make the step work, as an imperative: "install MongoDB 7 or newer". */
  readonly remedy: string;
}

/** The one error this package throws on purpose. The message is complete; `code` is for programs. */
export class MongoLauncherError extends Error {
  override readonly name = "MongoLauncherError";
  readonly code: MongoErrorCode;
  /** The steps tried, in order; empty unless the code is `no_engine`. */
  readonly attempts: readonly FailedAttempt[];

  constructor(code: MongoErrorCode, message: string, options: { cause?: unknown; attempts?: FailedAttempt[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.attempts = options.attempts ?? [];
  }
}

/** The error for an exhausted chain: every step, why it was passed over, and what to do about it. */
export function noEngineError(attempts: FailedAttempt[]): MongoLauncherError {
  const lines = attempts.map((a, i) => `  ${i + 1}. ${a.step}: ${a.reason}.\n     To use it, ${a.remedy}.`);
  const message = `No MongoDB engine could be started. Tried, in this order:\n${lines.join("\n")}`;
  return new MongoLauncherError("no_engine", message, { attempts });
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
