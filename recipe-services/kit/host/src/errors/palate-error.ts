import { cut } from "./cut.js";

/**
 * The closed set of error codes. Every error that crosses a service boundary has one; anything else is masked as
 * `internal` outside and logged with its cause inside.
 */
export const ERROR_CODES = [
  "invalid_argument",
  "unauthenticated",
  "permission_denied",
  "not_found",
  "already_exists",
  "failed_precondition",
  "resource_exhausted",
  "cancelled",
  "deadline_exceeded",
  "unimplemented",
  "unavailable",
  "data_loss",
  "internal",
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing that is wrong with the caller's input. */
export interface Violation {
  /** Where: a field ("schema.fields[2].type"), a hyperparameter's name, or a place in a file. */
  readonly field: string;
  /** What is wrong there and what would be right. */
  readonly message: string;
}

/** What an error knows beyond its message; all of it safe to show to the caller. */
export interface ErrorDetails {
  /** Kind of resource the error is about ("dataset group", "campaign"). */
  readonly resourceType?: string;
  /** That resource's name. */
  readonly resourceName?: string;
  /** Every problem found, not only the first. */
  readonly violations?: readonly Violation[];
  /** True where there is no room to keep more, on a disk or by a limit; absent otherwise. */
  readonly storageFull?: boolean;
  /** After how many seconds the same call is worth trying again; of calls that were refused because there was too much to do. */
  readonly retryAfterSeconds?: number;
}

/** The only error thrown on purpose: a closed code, a message that says what would be right, and details. */
export class PalateError extends Error {
  /** What kind of error it is. */
  readonly code: ErrorCode;
  /** What it knows beyond its message. */
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "PalateError";
    this.code = code;
    this.details = details;
  }

  /** Whether the same call may succeed later without a change. */
  get retryable(): boolean {
    return this.code === "unavailable" || this.code === "resource_exhausted" || this.code === "deadline_exceeded";
  }
}

/** The caller's input is wrong; `violations` lists every problem. */
export function invalidArgument(message: string, violations: readonly Violation[] = []): PalateError {
  return new PalateError("invalid_argument", message, violations.length > 0 ? { violations } : {});
}

/** It is not known who calls; the message says how to say so. */
export function unauthenticated(message: string): PalateError {
  return new PalateError("unauthenticated", message);
}

/** The caller is known and may not do this; the message says what they would need. */
export function permissionDenied(message: string): PalateError {
  return new PalateError("permission_denied", message);
}

/** There is no such resource. `hint` may say what would be right. */
export function notFound(resourceType: string, resourceName: string, hint = ""): PalateError {
  const message = `There is no ${resourceType} "${cut(resourceName)}".${hint ? ` ${hint}` : ""}`;
  return new PalateError("not_found", message, { resourceType, resourceName });
}

/** The name is taken. */
export function alreadyExists(resourceType: string, resourceName: string): PalateError {
  const message = `A ${resourceType} named "${cut(resourceName)}" exists already; choose another name.`;
  return new PalateError("already_exists", message, { resourceType, resourceName });
}

/** The call is right but not now; the message says what to do first. */
export function failedPrecondition(message: string, details: ErrorDetails = {}): PalateError {
  return new PalateError("failed_precondition", message, details);
}

/** What is stored is not what was written; it does not heal by itself. The message says what is damaged, and what helps. */
export function dataLoss(message: string, cause?: unknown): PalateError {
  return new PalateError("data_loss", message, {}, { cause });
}

/** There is no room for more; the message says where, and how to make some. The same call may succeed then. */
export function storageFull(message: string, cause?: unknown): PalateError {
  return new PalateError("resource_exhausted", message, { storageFull: true }, { cause });
}

/** Something that the call needs is unreachable; it may work later. */
export function unavailable(message: string, cause?: unknown): PalateError {
  return new PalateError("unavailable", message, {}, { cause });
}

/** Turns anything thrown into a {@link PalateError}, keeping it as the cause. */
export function toPalateError(thrown: unknown): PalateError {
  if (thrown instanceof PalateError) return thrown;
  if (thrown instanceof Error && thrown.name === "AbortError") {
    return new PalateError("cancelled", "The call was cancelled.", {}, { cause: thrown });
  }
  return new PalateError(
    "internal",
    "Something went wrong inside the service; its log has the cause.",
    {},
    { cause: thrown },
  );
}
