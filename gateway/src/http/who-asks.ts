import { toPalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Auditor } from "../access/auditor.js";
import type { Authenticator } from "../access/authenticator.js";
import { originOf } from "../access/origin.js";
import { UNKNOWN_CALLER, type Caller } from "../access/caller.js";
import { GRAPHQL_CODE } from "../errors/graphql-code.js";
import { refuse } from "./send.js";

/** Answers a request once it is known who sends it; refuses it with 401 where that is not to be found out. */
export function withCaller(
  { authenticator, audit }: { readonly authenticator: Authenticator; readonly audit: Auditor | undefined },
  request: IncomingMessage,
  response: ServerResponse,
  answer: (caller: Caller) => Promise<void>,
): Promise<void> | void {
  const turnAway = (thrown: unknown) => {
    const error = toPalateError(thrown);
    if (error.code !== "unauthenticated") throw error;
    const what = { operation: "authentication", datasetGroup: "", resources: [] };
    audit?.refused(originOf(UNKNOWN_CALLER, request), what, GRAPHQL_CODE.unauthenticated);
    response.setHeader("www-authenticate", 'Bearer realm="palate"');
    refuse(request, response, 401, error);
  };
  let caller: Caller | Promise<Caller>;
  try {
    caller = authenticator.callerOf(request.headers);
  } catch (thrown) {
    return turnAway(thrown);
  }
  return caller instanceof Promise ? caller.then(answer, turnAway) : answer(caller);
}
