import type { IncomingMessage, ServerResponse } from "node:http";

/** Headers that pages of other origins may send. */
const ALLOWED_HEADERS = "content-type, accept, authorization, apollo-require-preflight, x-apollo-operation-name";

/** Decides which origins' pages may call the API, and tells their browsers. */
export class Cors {
  readonly #all: boolean;
  readonly #origins: ReadonlySet<string>;

  /** @param origins the allowed ones; "*" means all */
  constructor(origins: readonly string[]) {
    this.#all = origins.includes("*");
    this.#origins = new Set(origins);
  }

  /** Whether a request comes from a page that may call the API: of our own origin, or an allowed one; or from no page. */
  allows(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    return origin === undefined || this.#lists(origin) || hostOf(origin) === host;
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

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
