import type {
  Metadata,
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
} from "@grpc/grpc-js";
import { unreachable } from "../access/permission.js";
import { reaches, type Identity } from "../access/identity.js";
import { toGrpcStatus } from "../errors/grpc-status.js";
import { PalateError, toPalateError } from "../errors/palate-error.js";
import type { Logger } from "../logger.js";
import { beginServerCall, type CallRecord } from "./call-record.js";
import { callerOf } from "./guard.js";
import { readable } from "./readable-request.js";

/** What all kinds of gRPC server calls have in common. */
interface AnyCall {
  readonly metadata: Metadata;
  readonly cancelled: boolean;
  once(event: "cancelled", listener: () => void): unknown;
}

/** What a handler knows of its call besides the request. */
export class CallContext {
  #signal: AbortSignal | undefined;
  readonly #call: AnyCall;

  constructor(call: AnyCall) {
    this.#call = call;
  }

  /** Aborted when the client cancels or the deadline passes. Made on first use: the hot path never asks. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController();
      this.#signal = controller.signal;
      if (this.#call.cancelled) controller.abort();
      else this.#call.once("cancelled", () => controller.abort());
    }
    return this.#signal;
  }

  /** Who calls; undefined where nobody is asked, so that everybody may do everything. */
  get caller(): Identity | undefined {
    return callerOf(this.#call);
  }

  /** Whether the caller may reach a dataset group. */
  reaches(group: string): boolean {
    const { caller } = this;
    return caller === undefined || reaches(caller.groups, group);
  }

  /**
   * Refuses a dataset group that is not the caller's.
   * @throws PalateError `not_found`, as for one that does not exist
   */
  mustReach(group: string): void {
    if (!this.reaches(group)) throw unreachable(group);
  }

  /** Value of a request header, or empty. */
  header(name: string): string {
    return this.#call.metadata.get(name)[0]?.toString() ?? "";
  }
}

function report(logger: Logger, method: string, thrown: unknown): void {
  const error = toPalateError(thrown);
  if (error.code === "internal" || error.code === "data_loss")
    logger.error({ method, err: error.cause ?? error }, "call failed");
  // The message may quote ids and texts of the caller's, whose business they are alone.
  else logger.debug({ method, code: error.code }, "call refused");
}

/** Does work for a call; its log lines and calls belong to the call's trace. */
function within<T>(record: CallRecord | undefined, work: () => T): T {
  return record === undefined ? work() : record.run(work);
}

/** Notes that a call failed. */
function end(logger: Logger, method: string, record: CallRecord | undefined, thrown: unknown): void {
  within(record, () => report(logger, method, thrown));
  record?.end(thrown);
}

/** Turns functions into gRPC handlers: thrown errors become statuses, internal ones are masked and logged. */
export function handlersFor(logger: Logger) {
  return {
    /** One request, one response. A function that returns its response directly costs no promise. */
    unary<Req, Res>(
      method: string,
      handle: (request: Req, context: CallContext) => Res | Promise<Res>,
    ): handleUnaryCall<Req, Res> {
      return (call, callback) => {
        const record = beginServerCall(call);
        const succeed = (response: Res) => {
          record?.end();
          callback(null, response);
        };
        const fail = (thrown: unknown) => {
          end(logger, method, record, thrown);
          callback(toGrpcStatus(thrown));
        };
        try {
          const respond = () => handle(readable(call.request), new CallContext(call));
          const result = record === undefined ? respond() : record.run(respond);
          if (result instanceof Promise) result.then(succeed, fail);
          else succeed(result);
        } catch (thrown) {
          fail(thrown);
        }
      };
    },

    /** One request, a stream of responses from an async generator; waits while the client is slow. */
    serverStream<Req, Res>(
      method: string,
      handle: (request: Req, context: CallContext) => AsyncIterable<Res>,
    ): handleServerStreamingCall<Req, Res> {
      return (call) => {
        const context = new CallContext(call);
        const record = beginServerCall(call);
        const respond = () => handle(readable(call.request), context);
        void within(record, () => answer({ logger, method, record }, call, respond, context.signal));
      };
    },

    /**
     * A stream of requests and a stream of responses, each at its own pace. A request is read when the generator asks for
     * it, so a client that sends faster than that has to wait; and the generator waits while the client reads slowly.
     */
    bidiStream<Req, Res>(
      method: string,
      handle: (requests: AsyncIterable<Req>, context: CallContext) => AsyncIterable<Res>,
    ): handleBidiStreamingCall<Req, Res> {
      return (call) => {
        const context = new CallContext(call);
        // Leaving the requests early must not destroy the call, over which an error is still to be sent.
        const requests = whole(call.iterator({ destroyOnReturn: false }) as AsyncIterable<Req>, context.signal);
        const record = beginServerCall(call);
        const respond = () => handle(requests, context);
        void within(record, () => answer({ logger, method, record }, call, respond, context.signal));
      };
    },

    /** A stream of requests, one response. A stream that the client gave up ends with an error, never like a whole one. */
    clientStream<Req, Res>(
      method: string,
      handle: (requests: AsyncIterable<Req>, context: CallContext) => Promise<Res>,
    ): handleClientStreamingCall<Req, Res> {
      return (call, callback) => {
        const context = new CallContext(call);
        const record = beginServerCall(call);
        within(record, () => handle(whole(call as AsyncIterable<Req>, context.signal), context)).then(
          (response) => {
            record?.end();
            callback(null, response);
          },
          (thrown: unknown) => {
            end(logger, method, record, thrown);
            callback(toGrpcStatus(thrown));
          },
        );
      };
    },
  };
}

/** Writes what a handler yields, at the client's pace, and ends the call. */
async function answer<Res>(
  {
    logger,
    method,
    record,
  }: { readonly logger: Logger; readonly method: string; readonly record: CallRecord | undefined },
  call: NodeJS.EventEmitter & { write(response: Res): boolean; end(): void },
  respond: () => AsyncIterable<Res>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const response of respond()) {
      if (signal.aborted) break;
      if (!call.write(response)) await drained(call, signal);
    }
    if (signal.aborted) {
      record?.end(new PalateError("cancelled", "The caller went away."));
      return;
    }
    record?.end();
    call.end();
  } catch (thrown) {
    if (!signal.aborted) report(logger, method, thrown);
    record?.end(thrown);
    call.emit("error", toGrpcStatus(thrown));
  }
}

function drained(call: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.removeListener("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}

/**
 * The messages of a stream; throws at one that cannot be read, and at their end when the client cancelled. The transport then ends the stream as if it
 * were whole, and says that it was cancelled only a moment later.
 */
async function* whole<T>(messages: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  for await (const message of messages) yield readable(message);
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
