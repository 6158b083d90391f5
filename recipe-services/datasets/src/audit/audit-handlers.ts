import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { handlersFor, invalidArgument, type Logger, type ServedService } from "@palate/host";
import { AuditServiceService } from "@palate/proto/dataset";
import type * as api from "@palate/proto/dataset";
import type { AuditDocuments } from "./audit-documents.js";
import type { AuditLog } from "./audit-log.js";
import { exportLines, listEntries } from "./read-entries.js";
import { trimLog, verifyLog } from "./verify-log.js";

/** Most entries of one call, characters of one text of an entry, and resources that it names. */
const MOST_ENTRIES = 500;
const MOST_CHARACTERS = 300;
const MOST_RESOURCES = 20;

/** `palate.dataset.v1.AuditService`. */
export function auditService(documents: AuditDocuments, log: AuditLog, logger: Logger): ServedService {
  const on = handlersFor(logger);
  const implementation = auditHandlers(documents, log, on);
  return { name: "palate.dataset.v1.AuditService", definition: AuditServiceService, implementation };
}

function auditHandlers(
  documents: AuditDocuments,
  log: AuditLog,
  on: ReturnType<typeof handlersFor>,
): UntypedServiceImplementation {
  return {
    appendAuditEntries: on.unary("AppendAuditEntries", async ({ entries }: api.AppendAuditEntriesRequest) => {
      entries.forEach(check);
      if (entries.length === 0 || entries.length > MOST_ENTRIES) {
        throw invalidArgument(`entries has ${entries.length} of them; from 1 to ${MOST_ENTRIES} are right.`);
      }
      return { firstSequence: await log.append(entries) };
    }),
    listAuditEntries: on.unary("ListAuditEntries", (request: api.ListAuditEntriesRequest) =>
      listEntries(documents, log, request),
    ),
    verifyAuditLog: on.unary("VerifyAuditLog", (request: api.VerifyAuditLogRequest) =>
      verifyLog(documents, log, request),
    ),
    exportAuditLog: on.serverStream("ExportAuditLog", () => exportLines(documents, log)),
    trimAuditLog: on.unary("TrimAuditLog", ({ throughCheckpoint }: api.TrimAuditLogRequest) =>
      trimLog(documents, log, throughCheckpoint),
    ),
  };
}

/** Entries stay for ever, so each is small. Throws `invalid_argument`. */
function check(entry: api.AuditEntry, at: number): void {
  const { caller, resources, operation, phase } = entry;
  const texts = [entry.requestId, operation, entry.datasetGroup, entry.outcome, ...resources];
  if (caller) texts.push(caller.kind, caller.id, caller.name, caller.sourceAddress);
  const wrong =
    operation === "" || phase === 0
      ? "has no operation or phase"
      : resources.length > MOST_RESOURCES || texts.some((text) => text.length > MOST_CHARACTERS)
        ? `has over ${MOST_RESOURCES} resources, or a text over ${MOST_CHARACTERS} characters`
        : undefined;
  if (wrong === undefined) return;
  const field = `entries[${at}]`;
  throw invalidArgument(`${field} ${wrong}.`, [{ field, message: wrong }]);
}
