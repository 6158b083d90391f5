import { notFound, PalateError, toPalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";
import { refuse, sendError } from "./send.js";

/** Pages or files of one kind, at paths that begin alike. */
export interface FileRoute {
  /** What their paths begin with. */
  readonly prefix: string;
  /** Answers a request for one of them. */
  handle(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

/**
 * Makes a route to pages or files.
 * @param form the path: what is written in capitals stands for a name
 * @param methods how they may be fetched
 * @param send sends the one that the names tell, in the path's order; the signal is aborted when nobody waits any more
 * @example
 * fileRoute("/exports/", "GROUP/JOB/FILE", ["GET"], ([group, job, file], response, signal) => …)
 */
export function fileRoute(
  prefix: string,
  form: string,
  methods: readonly ("GET" | "HEAD")[],
  send: (names: readonly string[], response: ServerResponse, signal: AbortSignal) => Promise<void>,
): FileRoute {
  const pattern = new RegExp(`^${form.replaceAll(".", "\\.").replace(/[A-Z]+/g, "([^/]+)")}$`);
  return {
    prefix,
    async handle(request, response, path) {
      const names = pattern.exec(path.slice(prefix.length))?.slice(1).map(decoded);
      if (names === undefined || names.includes("")) {
        return refuse(request, response, 404, notFound("page", path, `Those are at ${prefix}${form}.`));
      }
      if (!methods.some((method) => method === request.method)) {
        response.setHeader("allow", methods.join(", "));
        return refuse(request, response, 405, new PalateError("unimplemented", "Fetch this with GET."));
      }
      const left = new AbortController();
      response.once("close", () => left.abort());
      try {
        await send(names, response, left.signal);
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
