import { toPalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Audited } from "../access/audit-entry.js";
import type { Auditor } from "../access/auditor.js";
import type { Caller } from "../access/caller.js";
import { originOf } from "../access/origin.js";
import type { FileRoute } from "./file-route.js";
import { refuse } from "./send.js";

/** A route whose every answer is in the audit log: what it hands out is people's data. */
export function auditedRoute(route: FileRoute, audit: Auditor | undefined): FileRoute {
  if (audit === undefined) return route;
  return {
    prefix: route.prefix,
    handle: (request, response, asked) => {
      const { path, caller } = asked;
      const [datasetGroup = "", name = ""] = path.slice(route.prefix.length).split("/");
      const resources = name === "" ? [] : [`${route.prefix}${name}`.slice(1, 200)];
      const what = { operation: "download", datasetGroup: datasetGroup.slice(0, 100), resources };
      return auditedAnswer(audit, what, { request, response, caller }, () => route.handle(request, response, asked));
    },
  };
}

/** A request, what it is answered with, and who sent it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: Caller;
}

/**
 * Answers a request between two entries of the audit log.
 * @param answer sends the answer, or a refusal; its status is the outcome
 */
export async function auditedAnswer(
  audit: Auditor | undefined,
  what: Audited,
  { request, response, caller }: Exchange,
  answer: () => Promise<void>,
): Promise<void> {
  if (audit === undefined) return answer();
  let begun = false;
  const work = () => {
    begun = true;
    return answer();
  };
  try {
    await audit.around(originOf(caller, request), what, work, () => outcomeOf(response));
  } catch (thrown) {
    if (begun) throw thrown;
    refuse(request, response, undefined, toPalateError(thrown));
  }
}

function outcomeOf({ statusCode, destroyed, writableFinished }: ServerResponse): string {
  if (destroyed && !writableFinished) return "CANCELLED";
  return statusCode < 400 ? "OK" : `HTTP ${statusCode}`;
}
