import { invalidArgument, PalateError } from "@palate/host";
import type { IncomingMessage } from "node:http";

/**
 * Reads a request's body as text.
 * @throws PalateError `invalid_argument` as soon as it is known to be longer than `maxBytes`
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const tooLong = () => reject(invalidArgument(`The body is longer than the limit of ${maxBytes} bytes.`));
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return tooLong();
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.removeAllListeners("data");
        tooLong();
      } else chunks.push(chunk);
    });
    request.on("end", () =>
      resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)).toString("utf8")),
    );
    request.on("error", reject);
    request.on("close", () => {
      if (!request.complete) reject(new PalateError("cancelled", "The client went away."));
    });
  });
}
