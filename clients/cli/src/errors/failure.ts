import { ExitCode } from "./exit-code.js";

/** One thing that is wrong, and where. */
export interface Problem {
  /** The field of the input, a file with its line, or null where the whole is meant. */
  readonly field: string | null;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** What a failure says beside its message. */
interface FailureDetails {
  /** Default FAILED. */
  readonly exitCode?: ExitCode;
  /** Each thing that is wrong, where there are several or where the place is known. */
  readonly problems?: readonly Problem[];
  /** What to do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Why a command could not be done, in the words that the user reads. */
export class Failure extends Error {
  /** A word for scripts: the API's codes such as "NOT_FOUND", and "USAGE", "UNREACHABLE", "INTERRUPTED" of the command line. */
  readonly code: string;
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];
  readonly hint: string | undefined;

  constructor(code: string, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "Failure";
    this.code = code;
    this.exitCode = details.exitCode ?? ExitCode.FAILED;
    this.problems = details.problems ?? [];
    this.hint = details.hint;
  }
}

/** A command line that is not right. */
export function usage(message: string, hint?: string): Failure {
  return new Failure("USAGE", message, { exitCode: ExitCode.USAGE, ...(hint !== undefined && { hint }) });
}

/** The user pressed Ctrl-C. */
export function interrupted(message = "Interrupted."): Failure {
  return new Failure("INTERRUPTED", message, { exitCode: ExitCode.INTERRUPTED });
}

/** Whatever was thrown, as a failure. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure("FAILED", message, { cause: thrown });
}
