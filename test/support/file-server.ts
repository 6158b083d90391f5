import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a path of a {@link FileServer} answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on a free port for one test file. */
export class FileServer {
  /** Requests so far, as "PATH" or "PATH bytes=FROM-". */
  readonly requests: string[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server = createServer((request, response) => {
    const path = request.url ?? "/";
    this.requests.push([path, request.headers.range].filter(Boolean).join(" "));
    const answer = this.#answers.get(path);
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });

  /** Starts one. */
  static async start(): Promise<FileServer> {
    const server = new FileServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers a path and returns its address. */
  on(path: string, answer: Answer): string {
    this.#answers.set(path, answer);
    return `http://${this.host}${path}`;
  }

  /** Stops it. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A file as a web server with ranges serves it; its first answer breaks off in the middle. */
export function breakingOnce(content: Buffer, tags: readonly string[]): Answer {
  let asked = 0;
  return (request, response) => {
    const etag = tags[Math.min(asked, tags.length - 1)]!;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = content.subarray(from);
    const resumed = from > 0 && request.headers["if-range"] === etag;
    const body = resumed ? rest : content;
    response.writeHead(resumed ? 206 : 200, {
      etag,
      "content-length": body.length,
      ...(resumed && { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    if (asked++ > 0) response.end(body);
    else response.write(body.subarray(0, body.length >> 1), () => setImmediate(() => response.destroy()));
  };
}
