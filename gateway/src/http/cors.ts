import { cut, PalateError } from "@palate/host";
import type { IncomingMessage, ServerResponse } from "node:http";

/** Headers that pages of other origins may send. */
const ALLOWED_HEADERS =
  "content-type, accept, authorization, x-api-key, apollo-require-preflight, x-apollo-operation-name";

/** Decides which origins' pages may call the gateway, and tells their browsers. */
export class Cors {
  readonly #all: boolean;
  readonly #origins: ReadonlySet<string>;

  /** @param origins the allowed ones; "*" means all */
  constructor(origins: readonly string[]) {
    this.#all = origins.includes("*");
    this.#origins = new Set(origins.map((origin) => origin.toLowerCase()));
  }

  /**
   * What is wrong with where a request comes from; undefined when it comes from a page of our own origin or of an allowed one, or
   * from no page. Browsers ask for some requests of a foreign page without a preflight, so every one is looked at.
   */
  problem({ headers }: IncomingMessage): PalateError | undefined {
    const { origin, host } = headers;
    if (origin === undefined)
      return this.#all ? undefined : embeddingProblem(headers["sec-fetch-site"], headers["sec-fetch-mode"]);
    if (this.#lists(origin) || (host !== undefined && hostOf(origin) === host.toLowerCase())) return undefined;
    return refusal(origin === "null" ? "that hide their origin" : `of ${cut(origin)}`);
  }

  /** Writes the headers that let an allowed page read the answer. */
  apply(request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    if (origin === undefined) return;
    response.setHeader("vary", "origin");
    if (this.#lists(origin)) response.setHeader("access-control-allow-origin", this.#all ? "*" : origin);
  }

  /** Answers a preflight. */
  preflight(request: IncomingMessage, response: ServerResponse): void {
    const { origin } = request.headers;
    if (origin !== undefined && this.#lists(origin)) {
      response.setHeader("access-control-allow-methods", "GET, POST, OPTIONS");
      response.setHeader("access-control-allow-headers", ALLOWED_HEADERS);
      response.setHeader("access-control-max-age", "86400");
      // Lets a page of the internet, such as Apollo Sandbox, reach a gateway on this machine.
      response.setHeader("access-control-allow-private-network", "true");
    }
    response.writeHead(204).end();
  }

  #lists(origin: string): boolean {
    return this.#all || this.#origins.has(origin);
  }
}

/** A foreign page may link to what is here, but not draw it into itself as a picture, a script or a download of its own. */
function embeddingProblem(site: unknown, mode: unknown): PalateError | undefined {
  const foreign = site === "cross-site" || site === "same-site";
  return foreign && mode !== "navigate" ? refusal("of other sites") : undefined;
}

function refusal(which: string): PalateError {
  const message = `Pages ${which} may not use this gateway; allow them with PALATE_CORS_ORIGINS.`;
  return new PalateError("failed_precondition", message);
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
