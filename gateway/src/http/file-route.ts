import { HTTP_PERMISSIONS, notFound, PalateError, refusalOf, toPalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../access/caller.js";
import type { Asking } from "../clients/asking.js";
import { refuse, sendError } from "./send.js";

/** Pages or files of one kind, at paths that begin alike. */
export interface FileRoute {
  /** What their paths begin with. */
  readonly prefix: string;
  /** Answers a request for one of them. */
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    asked: { readonly path: string; readonly caller: Caller },
  ): Promise<void>;
}

/**
 * Makes a route to pages or files.
 * @param form the path: what is written in capitals stands for a name
 * @param methods how they may be fetched
 * @param send sends the one that the names tell, in the path's order, the dataset group first; asking's signal is aborted when nobody waits any more
 * @example
 * fileRoute("/exports/", "GROUP/JOB/FILE", ["GET"], ([group, job, file], response, asking) => …)
 */
export function fileRoute(
  prefix: string,
  form: string,
  methods: readonly ("GET" | "HEAD")[],
  send: (names: readonly string[], response: ServerResponse, asking: Asking) => Promise<void>,
): FileRoute {
  const permission = HTTP_PERMISSIONS[prefix];
  if (permission === undefined) throw new Error(`${prefix} has no row in the permission table.`);
  const pattern = new RegExp(`^${form.replaceAll(".", "\\.").replace(/[A-Z]+/g, "([^/]+)")}$`);
  return {
    prefix,
    async handle(request, response, { path, caller }) {
      const names = pattern.exec(path.slice(prefix.length))?.slice(1).map(decoded);
      if (names === undefined || names.includes("")) {
        return refuse(request, response, 404, notFound("page", path, `Those are at ${prefix}${form}.`));
      }
      if (!methods.some((method) => method === request.method)) {
        response.setHeader("allow", methods.join(", "));
        return refuse(request, response, 405, new PalateError("unimplemented", "Fetch this with GET."));
      }
      const refusal = refusalOf(caller, permission, `Fetching what is at ${prefix}`, { group: names[0] });
      if (refusal) return refuse(request, response, undefined, refusal);
      const left = new AbortController();
      response.once("close", () => left.abort());
      try {
        await send(names, response, { caller, signal: left.signal });
      } catch (thrown) {
        if (!left.signal.aborted) sendError(response, toPalateError(thrown));
      }
    },
  };
}

/** What a browser stores a file as: a name without what a header, or a file system, cannot have. */
export function storedAs(name: string): string {
  return `filename="${name.replace(/[^\w.-]/g, "_")}"`;
}

/** A part of a path as text; what is not well encoded names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
