import { notFound, PalateError, toPalateError, type CertificateFiles, type Logger } from "@palate/host";
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Auditor } from "../access/auditor.js";
import type { Authenticator } from "../access/authenticator.js";
import type { Caller } from "../access/caller.js";
import { callerLane } from "../admission/lane.js";
import type { Places } from "../admission/places.js";
import type { ReadinessReport } from "../clients/readiness.js";
import { observed } from "../telemetry/observe-requests.js";
import type { Cors } from "./cors.js";
import type { Explorer } from "./explorer.js";
import type { FileRoute } from "./file-route.js";
import type { Hosts } from "./hosts.js";
import { withCaller } from "./who-asks.js";
import { refuse, sendError, sendJson, shed } from "./send.js";

/** Milliseconds without a byte either way after which a connection is closed; streams send heartbeats far more often. */
const IDLE_SOCKET_MS = 120_000;

/** Milliseconds in which the head of a request must have come, and after which that is looked at. */
const HEAD_MS = 30_000;
const HEAD_CHECK_MS = 5_000;

/** Paths that lead somewhere, beside those of files. */
const PATHS: ReadonlySet<string> = new Set(["/", "/graphql", "/graphql/stream", "/uploads", "/healthz", "/readyz"]);

/** How much of what takes long there may be at a time. */
interface PlacesFor {
  readonly streams: Places;
  readonly uploads: Places;
  readonly downloads: Places;
}

/** The handlers behind the server's paths. */
export interface Routes {
  /** GraphQL over HTTP; `search` is the URL's query with its "?". */
  readonly graphql: (
    request: IncomingMessage,
    response: ServerResponse,
    asked: { readonly search: string; readonly caller: Caller },
  ) => Promise<void>;
  /** Subscriptions as server-sent events. */
  readonly stream: (request: IncomingMessage, response: ServerResponse, caller: Caller) => Promise<void>;
  /** File uploads. */
  readonly uploads: (
    request: IncomingMessage,
    response: ServerResponse,
    asked: { readonly query: URLSearchParams; readonly caller: Caller },
  ) => Promise<void>;
  /** Pages and files. */
  readonly files: readonly FileRoute[];
  /** The explorer page; absent when it is switched off. */
  readonly explorer: Explorer | undefined;
  /** Who sends a request. */
  readonly authenticator: Authenticator;
  /** Writes the audit log; absent when that is switched off. */
  readonly audit: Auditor | undefined;
  /** Which names it may be called by. */
  readonly hosts: Hosts;
  /** Which other origins may call from a browser. */
  readonly cors: Cors;
  /** Where subscriptions, uploads and files have to find room. */
  readonly places: PlacesFor;
  /** Whether the gateway can do its work now; `excluded` names what that is not to depend on. */
  readonly readiness: (excluded: readonly string[]) => Promise<ReadinessReport>;
}

/** Answers a request as long as there is a place for it, which it has until its connection or its answer is done with. */
async function within(
  places: Places,
  asked: { readonly request: IncomingMessage; readonly response: ServerResponse; readonly caller: Caller },
  answer: (caller: Caller) => Promise<void>,
): Promise<void> {
  const { request, response, caller } = asked;
  try {
    response.once("close", places.take(callerLane(caller, request)));
  } catch (thrown) {
    return shed(request, response, toPalateError(thrown));
  }
  return answer(caller);
}

/**
 * Makes the one public HTTP server.
 * @param certificates with which it speaks HTTPS, those that take their place included; plain HTTP unless given
 */
export function createHttpServer(routes: Routes, logger: Logger, certificates?: CertificateFiles): Server {
  const route = (request: IncomingMessage, response: ServerResponse): Promise<void> | void => {
    const url = request.url ?? "/";
    const queryStart = url.indexOf("?");
    const path = queryStart < 0 ? url : url.slice(0, queryStart);
    const search = queryStart < 0 ? "" : url.slice(queryStart);
    const { method = "GET" } = request;
    response.setHeader("x-content-type-options", "nosniff");
    const misdirected = routes.hosts.problem(request);
    if (misdirected) return refuse(request, response, 421, misdirected);
    const foreign = routes.cors.problem(request);
    if (foreign) return refuse(request, response, 403, foreign);
    routes.cors.apply(request, response);
    if (method === "OPTIONS") return routes.cors.preflight(request, response);
    const files = routes.files.find(({ prefix }) => path.startsWith(prefix));
    const answered = (answer: (caller: Caller) => Promise<void>) => withCaller(routes, request, response, answer);
    const placed = (places: Places, answer: (caller: Caller) => Promise<void>) =>
      answered((caller) => within(places, { request, response, caller }, answer));
    if (files) return placed(routes.places.downloads, (caller) => files.handle(request, response, { path, caller }));
    switch (path) {
      case "/":
      case "/graphql":
        // With a query too: the page writes the operation into its address, to be shared or reloaded.
        if (routes.explorer?.isPageRequest(request)) return routes.explorer.serve(request, response);
        return answered((caller) => routes.graphql(request, response, { search, caller }));
      case "/graphql/stream":
        return placed(routes.places.streams, (caller) => routes.stream(request, response, caller));
      case "/uploads": {
        if (method !== "POST") {
          response.setHeader("allow", "POST");
          return refuse(request, response, 405, new PalateError("unimplemented", "Send files with POST."));
        }
        const query = new URLSearchParams(search);
        return placed(routes.places.uploads, (caller) => routes.uploads(request, response, { query, caller }));
      }
      case "/livez":
      case "/healthz":
        return sendJson(response, 200, { status: "ok" });
      case "/readyz":
        return routes.readiness(new URLSearchParams(search).getAll("exclude")).then((report) => {
          // Where the services are is nobody's business who has not said who they are.
          const told = routes.authenticator.asks ? { ready: report.ready } : report;
          return sendJson(response, report.ready ? 200 : 503, told);
        });
      default:
        return refuse(request, response, 404, notFound("page", path, "The API is at /graphql."));
    }
  };
  const fail = (response: ServerResponse, thrown: unknown) => {
    const error = toPalateError(thrown);
    if (error.code === "internal") logger.error({ err: error.cause ?? error }, "request failed");
    sendError(response, error);
  };
  // Limit idle time, not the whole request: a large upload over a slow line may take long.
  const times = { requestTimeout: 0, headersTimeout: HEAD_MS, connectionsCheckingInterval: HEAD_CHECK_MS };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    try {
      route(request, response)?.catch((thrown: unknown) => fail(response, thrown));
    } catch (thrown) {
      fail(response, thrown);
    }
  };
  const patternOf = (path: string): string => {
    if (PATHS.has(path)) return path;
    const files = routes.files.find(({ prefix }) => path.startsWith(prefix));
    return files === undefined ? "" : `${files.prefix}*`;
  };
  const listener = observed(answer, patternOf);
  const server = certificates ? secureServer(certificates, times, listener) : createPlainServer(times, listener);
  server.timeout = IDLE_SOCKET_MS;
  return server;
}

function secureServer(certificates: CertificateFiles, times: ServerOptions, answer: RequestListener): Server {
  const server = createTlsServer({ ...times, ...certificates.current, minVersion: "TLSv1.2" }, answer);
  certificates.onChange((renewed) => server.setSecureContext({ ...renewed, minVersion: "TLSv1.2" }));
  return server;
}
