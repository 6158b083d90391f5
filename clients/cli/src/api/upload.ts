import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { ExitCode } from "../errors/exit-code.js";
import { Failure } from "../errors/failure.js";
import type { Gateway } from "./gateway.js";
import { failureOf, type GraphqlError } from "./graphql-errors.js";

interface UploadAnswer {
  readonly location?: string;
  readonly errors?: readonly GraphqlError[];
}

/**
 * Sends a file to the gateway.
 * @param onBytes told how many bytes have gone, of how many
 * @returns the location to import it from
 * @throws Failure when the file cannot be read or the gateway refuses it
 */
export async function upload(
  api: Gateway,
  file: string,
  onBytes: (sent: number, total: number) => void,
): Promise<string> {
  const { size } = await stat(file);
  const body = counted(file, (sent) => onBytes(sent, size)) as unknown as ReadableStream;
  // Node's fetch takes any async iterable as a body, and then wants "half"; its types know neither.
  const request = { method: "POST", body, duplex: "half" } as unknown as RequestInit;
  const response = await api.fetch(`/uploads?name=${encodeURIComponent(path.basename(file))}`, request);
  const answer = (await response.json().catch(() => ({}))) as UploadAnswer;
  if (answer.location !== undefined) return answer.location;
  if (answer.errors) throw failureOf(answer.errors);
  throw new Failure("UNREACHABLE", `What answers at ${api.url} takes no uploads (HTTP ${response.status}).`, {
    exitCode: ExitCode.UNREACHABLE,
  });
}

async function* counted(file: string, onBytes: (sent: number) => void): AsyncGenerator<Buffer> {
  let sent = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    yield chunk;
    sent += chunk.length;
    onBytes(sent);
  }
}
