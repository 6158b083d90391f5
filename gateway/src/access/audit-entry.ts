import { toPalateError } from "@palate/host";
import { AuditEntry, type AuditPhase } from "@palate/proto/dataset";
import { GRAPHQL_CODE } from "../errors/graphql-code.js";
import type { Origin } from "./origin.js";

/** What was done to what, in names of resources only. */
export interface Audited {
  /** A mutation's name, "upload" or "download". */
  readonly operation: string;
  /** The dataset group; empty where it is about none. */
  readonly datasetGroup: string;
  /** What else is named, as "jobName=nightly". */
  readonly resources: readonly string[];
}

/** What an entry says besides. */
type Rest = Partial<Pick<AuditEntry, "outcome" | "durationMs" | "calls" | "records" | "startedSequence">>;

/** Characters that the log takes of a text. */
const MOST_CHARACTERS = 300;

/** An entry for the audit log. */
export function auditEntry(phase: AuditPhase, { caller, ...origin }: Origin, what: Audited, rest: Rest): AuditEntry {
  return AuditEntry.fromPartial({
    ...{ phase, requestId: origin.requestId },
    caller: {
      ...{ kind: caller.kind, id: cut(caller.id), name: cut(caller.name ?? "") },
      sourceAddress: origin.sourceAddress,
    },
    ...{ operation: what.operation, datasetGroup: cut(what.datasetGroup), resources: [...what.resources] },
    ...rest,
  });
}

function cut(text: string): string {
  return text.slice(0, MOST_CHARACTERS);
}

/** What the log calls the outcome of what failed: the same codes as the API's. */
export function outcomeOfError(thrown: unknown): string {
  return GRAPHQL_CODE[toPalateError(thrown).code];
}
