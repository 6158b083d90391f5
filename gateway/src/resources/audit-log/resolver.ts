import { invalidArgument } from "@palate/host";
import type { AuditProblem as AuditProblemMessage } from "@palate/proto/dataset";
import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { payload } from "../../errors/user-errors.js";
import { checkFirst, connectionOf, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import {
  AuditEntry,
  AuditEntryConnection,
  AuditLogArgs,
  AuditVerification,
  TrimAuditLogInput,
  TrimAuditLogPayload,
} from "./types.js";

/** Most problems that a verification tells. */
const MOST_PROBLEMS = 100;

/** The audit log. */
@Resolver()
export class AuditLogResolver {
  @Query(() => AuditEntryConnection, {
    nullable: true,
    description: "Who did what, when, from where, and what came of it; newest first, over all dataset groups.",
  })
  async auditLog(
    @Args(() => AuditLogArgs) { first, after, from, to, ...names }: AuditLogArgs,
    @Ctx() { auditLog, asking, maxFirst }: GatewayContext,
  ): Promise<Connection<AuditEntry>> {
    checkFirst(first, maxFirst);
    const filter = {
      ...{ fromMs: from?.getTime() ?? 0, toMs: to?.getTime() ?? 0 },
      ...{ callerId: names.callerId ?? "", datasetGroup: names.datasetGroup ?? "" },
      ...{ operation: names.operation ?? "", outcome: names.outcome ?? "" },
    };
    const rows: AuditEntry[] = [];
    let pageToken = sequenceOf(after);
    // A call looks at a bounded part of the log, and may come back with fewer rows than there are.
    do {
      const request = { filter, pageSize: first - rows.length, pageToken };
      const page = await auditLog.call(auditLog.client.listAuditEntries, request, asking);
      rows.push(...page.entries.map((entry) => AuditEntry.from(entry)));
      pageToken = page.nextPageToken;
    } while (rows.length < first && pageToken !== "");
    const keyOf = ({ sequence }: AuditEntry) => String(sequence);
    return connectionOf(rows, keyOf, { hasNextPage: pageToken !== "", hasPreviousPage: Boolean(after) });
  }

  @Query(() => AuditVerification, {
    nullable: true,
    description:
      "Follows the audit log's chain of hashes, and says which entries were changed, removed, put in or moved.",
  })
  async auditLogVerification(
    @Arg("expectedCheckpoint", () => String, {
      nullable: true,
      description: "A checkpoint noted earlier: whether its entry is still there is checked too.",
    })
    expectedCheckpoint: string | null | undefined,
    @Ctx() { auditLog, asking }: GatewayContext,
  ): Promise<AuditVerification> {
    const problems: AuditProblemMessage[] = [];
    let checked = 0;
    for (let pageToken = ""; ;) {
      const request = { pageToken, expectedCheckpoint: expectedCheckpoint ?? "" };
      const part = await auditLog.call(auditLog.client.verifyAuditLog, request, asking);
      problems.push(...part.problems);
      checked += part.checked;
      pageToken = part.nextPageToken;
      if (pageToken !== "") continue;
      return Object.assign(new AuditVerification(), {
        ...{ intact: problems.length === 0, problems: problems.slice(0, MOST_PROBLEMS), checked },
        ...{ firstSequence: part.firstSequence, checkpoint: part.checkpoint || null },
      });
    }
  }

  @Mutation(() => TrimAuditLogPayload, {
    nullable: true,
    description:
      "Removes entries from the front of the audit log, which were exported before. Where it begins then is noted, and the rest stays verifiable.",
  })
  trimAuditLog(
    @Arg("input", () => TrimAuditLogInput, { description: "Up to where." }) input: TrimAuditLogInput,
    @Ctx() { auditLog, asking }: GatewayContext,
  ): Promise<TrimAuditLogPayload> {
    return payload(TrimAuditLogPayload, () => auditLog.call(auditLog.client.trimAuditLog, input, asking));
  }
}

/** The number of the entry that a cursor stands for, or "". */
function sequenceOf(after: string | null | undefined): string {
  if (after === null || after === undefined) return "";
  const sequence = Buffer.from(after, "base64url").toString();
  if (/^[1-9]\d{0,14}$/.test(sequence)) return sequence;
  const message = "The cursor is none of this list; start again without after.";
  throw invalidArgument(message, [{ field: "after", message }]);
}
