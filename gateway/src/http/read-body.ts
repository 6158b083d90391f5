import { invalidArgument, PalateError } from "@palate/host";
import type { IncomingMessage } from "node:http";
import type { RequestLimits } from "./request-limits.js";

/** Bodies of at most so many bytes are short: they have mostly come with the head, and to read them costs less than another connection. */
export const SHORT_BODY_BYTES = 64 * 1024;

/** How many bytes a body has; infinite when the request does not say. */
export function bodyBytes({ headers }: IncomingMessage): number {
  return Number(headers["content-length"] ?? (headers["transfer-encoding"] === undefined ? 0 : Infinity));
}

/**
 * Reads a request's body as text.
 * @throws PalateError `invalid_argument` as soon as it is known to be too long; `deadline_exceeded` when it comes too slowly, a byte now
 *   and then; `cancelled` when the client goes away
 */
export function readBody(
  request: IncomingMessage,
  { maxBodyBytes, controlDeadlineMs }: RequestLimits,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const tooLong = () => reject(invalidArgument(`The body is longer than the limit of ${maxBodyBytes} bytes.`));
    // NaN when it is not said, which is neither too long nor ever reached.
    const length = Number(request.headers["content-length"]);
    if (length > maxBodyBytes) return tooLong();
    const chunks: Buffer[] = [];
    let bytes = 0;
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      clearTimeout(timer);
      request.removeAllListeners("data");
    };
    const tooSlow = () => {
      stop();
      reject(new PalateError("deadline_exceeded", `The body did not come within ${controlDeadlineMs} ms.`));
    };
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) {
        stop();
        return tooLong();
      }
      chunks.push(chunk);
      if (timer === undefined && !(bytes >= length)) timer = setTimeout(tooSlow, controlDeadlineMs);
    });
    request.on("end", () => {
      clearTimeout(timer);
      resolve((chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes)).toString("utf8"));
    });
    request.on("error", reject);
    request.on("close", () => {
      clearTimeout(timer);
      if (!request.complete) reject(new PalateError("cancelled", "The client went away."));
    });
  });
}

/** HTTP status of a body that {@link readBody} refused: Content Too Large, or Request Timeout. */
export function statusOfBody({ code }: PalateError): number {
  return code === "deadline_exceeded" ? 408 : 413;
}
