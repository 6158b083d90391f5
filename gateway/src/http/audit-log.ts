import type { AuditServiceClient } from "@palate/proto/dataset";
import { once } from "node:events";
import type { ServiceLink } from "../clients/service-link.js";
import { AUDIT_LOG } from "../public-paths.js";
import { fileRoute, storedAs, type FileRoute } from "./file-route.js";

/** The audit log as JSON Lines. */
export function auditLogRoute(auditLog: ServiceLink<AuditServiceClient>): FileRoute {
  return fileRoute(AUDIT_LOG, "log.jsonl", ["GET"], async (_names, response, asking) => {
    const headers = {
      "content-type": "application/jsonl; charset=utf-8",
      "content-disposition": `attachment; ${storedAs("audit-log.jsonl")}`,
    };
    for await (const { data } of auditLog.stream(auditLog.client.exportAuditLog, {}, asking)) {
      if (!response.headersSent) response.writeHead(200, headers);
      if (!response.write(data)) await once(response, "drain", { signal: asking.signal! });
    }
    if (!response.headersSent) response.writeHead(200, headers);
    response.end();
  });
}
