import { ExitCode } from "../errors/exit-code.js";
import { Failure, type Problem } from "../errors/failure.js";
import type { UserError } from "./operation.js";

/** An entry of a GraphQL answer's `errors`. */
export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: {
    readonly code?: string;
    readonly retryable?: boolean;
    readonly service?: string;
    readonly violations?: readonly { readonly field?: string; readonly message: string }[];
  };
}

/** Codes that say that something does not answer, rather than that it refuses. */
const UNANSWERED = new Set(["UNAVAILABLE", "DEADLINE_EXCEEDED"]);

/** Where an error is, as the caller would write it: "recommendations.edges[3].node". */
export function placeOf(path: readonly (string | number)[] = []): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .slice(1);
}

/** The entries of `errors` as one failure. */
export function failureOf(errors: readonly GraphqlError[]): Failure {
  const [first] = errors;
  if (!first) return new Failure("NO_ANSWER", "The gateway answered without data, and without saying why.");
  const problems = errors.flatMap(problemsOf);
  const code = first.extensions?.code ?? "INTERNAL_SERVER_ERROR";
  const several =
    problems.length > 1 || problems.some(({ field, message }) => field !== null && message !== first.message);
  return new Failure(code, first.message, {
    exitCode: UNANSWERED.has(code) ? ExitCode.UNREACHABLE : ExitCode.FAILED,
    problems: several ? problems : [],
    ...(UNANSWERED.has(code) && { hint: "It may be starting or restarting; try again in a moment." }),
  });
}

function problemsOf({ message, path, extensions }: GraphqlError): Problem[] {
  const violations = extensions?.violations ?? [];
  if (violations.length > 0) return violations.map((each) => ({ field: each.field || null, message: each.message }));
  return [{ field: path ? placeOf(path) : null, message }];
}

/** The user errors of a mutation as one failure. */
export function failureOfUserErrors(errors: readonly UserError[]): Failure {
  const [first] = errors;
  const code = first?.code ?? "BAD_USER_INPUT";
  if (errors.length === 1 && first) {
    return new Failure(code, first.message, { problems: first.field === null ? [] : [first] });
  }
  return new Failure(code, `${errors.length} things are not right.`, { problems: errors });
}
