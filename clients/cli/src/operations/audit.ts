import { operation, USER_ERRORS, type Payload } from "../api/operation.js";
import type { PageOf } from "./page.js";

/** An entry of the audit log. */
export interface AuditEntry {
  readonly sequence: number;
  readonly at: string;
  readonly phase: "STARTED" | "ENDED" | "DONE" | "COUNTED";
  readonly caller: {
    readonly kind: string;
    readonly id: string;
    readonly name: string | null;
    sourceAddress: string | null;
  };
  readonly operation: string;
  readonly datasetGroup: string | null;
  readonly resources: readonly string[];
  readonly outcome: string | null;
  readonly durationMs: number | null;
  readonly calls: number | null;
  readonly records: number | null;
  readonly startedSequence: number | null;
}

/** Which entries are meant. */
export interface AuditLogArguments {
  readonly first: number;
  readonly after?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly callerId?: string | undefined;
  readonly datasetGroup?: string | undefined;
  readonly operation?: string | undefined;
  readonly outcome?: string | undefined;
}

/** Entries of the audit log, newest first. */
export const AUDIT_LOG = operation<{ auditLog: PageOf<AuditEntry> | null }, AuditLogArguments>(`
query AuditLog($first: Int!, $after: String, $from: DateTime, $to: DateTime, $callerId: String, $datasetGroup: String, $operation: String, $outcome: String) {
  auditLog(first: $first, after: $after, from: $from, to: $to, callerId: $callerId, datasetGroup: $datasetGroup, operation: $operation, outcome: $outcome) {
    nodes {
      sequence at phase caller { kind id name sourceAddress } operation datasetGroup resources outcome durationMs calls records startedSequence
    }
    pageInfo { hasNextPage endCursor }
  }
}`);

/** What a verification found. */
export interface AuditVerification {
  readonly intact: boolean;
  readonly checked: number;
  readonly firstSequence: number;
  readonly checkpoint: string | null;
  readonly problems: readonly { readonly sequence: number; readonly message: string }[];
}

/** Follows the audit log's chain of hashes. */
export const AUDIT_LOG_VERIFICATION = operation<
  { auditLogVerification: AuditVerification | null },
  { expectedCheckpoint?: string | undefined }
>(`
query AuditLogVerification($expectedCheckpoint: String) {
  auditLogVerification(expectedCheckpoint: $expectedCheckpoint) {
    intact checked firstSequence checkpoint problems { sequence message }
  }
}`);

/** Removes entries from the front of the audit log. */
export const TRIM_AUDIT_LOG = operation<
  Payload<"trimAuditLog", { removed: number | null; firstSequence: number | null }>,
  { input: { throughCheckpoint: string } }
>(`
mutation TrimAuditLog($input: TrimAuditLogInput!) { trimAuditLog(input: $input) { removed firstSequence ${USER_ERRORS} } }`);
