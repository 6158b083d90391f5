import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
const CALL_TIMEOUT_MS = 1_000;

/** `grpc.health.v1.HealthCheckResponse { status: SERVING }` behind gRPC's five-byte frame. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

/**
 * Asks a gRPC server's standard health service whether the whole server is SERVING. False when it is not there.
 * Done over plain HTTP/2: a client library would keep a connection and retry by rules of its own.
 */
export function isServing(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const end = (answer: boolean) => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), CALL_TIMEOUT_MS);
    session.on("error", () => end(false));
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    call.on("data", (chunk: Buffer) => chunks.push(chunk));
    call.on("error", () => end(false));
    call.on("end", () => end(Buffer.concat(chunks).equals(SERVING)));
    call.end(Buffer.alloc(5)); // an empty HealthCheckRequest
  });
}

/** Whether an HTTP address answers with success. False when it is not there. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Resolves once `check` says true; rejects when `signal` aborts first. */
export async function until(check: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await check())) await sleep(POLL_MS, undefined, { signal });
}
