import { get as getPlain } from "node:http";
import { connect } from "node:http2";
import { get as getSecure } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 50;
const CALL_TIMEOUT_MS = 1_000;
/** A busy process may take longer to answer; one that is ready does not. */
const RESPONSE_MS = 5_000;

/** `grpc.health.v1.HealthCheckResponse { status: SERVING }` behind gRPC's five-byte frame. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

/** Whether a gRPC server's standard health service says that the whole server is SERVING. False when it is not there. */
export async function isServing(address: string): Promise<boolean> {
  return (await askHealth(address, CALL_TIMEOUT_MS))?.equals(SERVING) ?? false;
}

/** Whether a gRPC server answers its standard health service, whatever it says. */
export async function grpcResponds(address: string): Promise<boolean> {
  return (await askHealth(address, RESPONSE_MS)) !== undefined;
}

/**
 * The answer of a gRPC server's standard health service; undefined when there is none in time.
 * Done over plain HTTP/2: a client library would keep a connection and retry by rules of its own.
 */
function askHealth(address: string, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const end = (answer: Buffer | undefined) => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end(undefined), timeoutMs);
    session.on("error", () => end(undefined));
    const call = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    call.on("data", (chunk: Buffer) => chunks.push(chunk));
    call.on("error", () => end(undefined));
    call.on("end", () => end(Buffer.concat(chunks)));
    call.end(Buffer.alloc(5)); // an empty HealthCheckRequest
  });
}

/** Whether an HTTP address answers with success. False when it is not there. */
export async function answers(url: string): Promise<boolean> {
  return (await askHttp(url, CALL_TIMEOUT_MS)) === 200;
}

/** Whether an HTTP address answers, whatever it says. */
export async function httpResponds(url: string): Promise<boolean> {
  return (await askHttp(url, RESPONSE_MS)) !== undefined;
}

/** The status of an answer; undefined when there is none in time. */
function askHttp(url: string, timeoutMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    // An agent of its own: proxies in the environment are for the world outside.
    // It is asked on this machine, where its certificate need not be for the name that it is asked by.
    const options = { agent: false, rejectUnauthorized: false, signal: AbortSignal.timeout(timeoutMs) } as const;
    const request = (url.startsWith("https:") ? getSecure : getPlain)(url, options, (response) => {
      response.resume().once("close", () => resolve(response.complete ? response.statusCode : undefined));
    });
    request.on("error", () => resolve(undefined));
  });
}

/** Resolves once `check` says true; rejects when `signal` aborts first. */
export async function until(check: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await check())) await sleep(POLL_MS, undefined, { signal });
}
