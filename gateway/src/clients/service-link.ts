import {
  Metadata,
  type CallOptions,
  type ChannelCredentials,
  type Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  type ServiceError,
} from "@grpc/grpc-js";
import { AdmissionGate, toPalateError, createClient, streamCall, unaryCall, type GeneratedClient } from "@palate/host";
import { toRemoteError } from "../errors/remote-error.js";
import type { Asking } from "./asking.js";
import type { SignedHeaders } from "./signed-headers.js";

/** A unary method of a generated client. */
export type UnaryMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Res) => void,
) => ClientUnaryCall;

/** A server-streaming method of a generated client. */
export type StreamMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: Partial<CallOptions>,
) => ClientReadableStream<Res>;

/** What the calls of a link have in common. */
export interface LinkSettings {
  /** Milliseconds each unary call gets. */
  readonly deadlineMs: number;
  /** How the connection is secured. */
  readonly channel: ChannelCredentials;
  /** Tells the service who is behind a call. */
  readonly headers: SignedHeaders;
}

/** Cost of the calls that a service is asked at a time in turns: of usual lists about 40, of long ones that are looked into one. */
const AT_ONCE = 64;
/** Most calls that wait for a service: a request may have thirty, and how many requests there may be is bounded elsewhere. */
const MAX_WAITING = 100_000;

/** Whose turn a call is, and what it costs: 1 is the least, and a short list about that. */
export interface Turn {
  /** Whose turn it is counted as. */
  readonly lane: string;
  /** What it is taken to cost. */
  readonly cost: number;
  /** Aborted when nobody waits for it any more. */
  readonly signal: AbortSignal | undefined;
}

/** One gRPC service as the gateway sees it: a client, a deadline and a name for error messages. */
export class ServiceLink<C extends Client> {
  /** The generated client. */
  readonly client: C;
  readonly #deadlineMs: number;
  readonly #name: () => string;
  readonly #headers: SignedHeaders;
  readonly #gate: AdmissionGate;

  /**
   * @param name what the service is called now; it may become known only later
   * @param ClientClass the generated client's class
   * @param address "host:port"; nothing is sent until the first call
   * @param settings milliseconds each unary call gets, how the connection is secured, and how the service is told who is behind a call
   */
  constructor(
    name: () => string,
    ClientClass: GeneratedClient<C>,
    address: string,
    { deadlineMs, channel, headers }: LinkSettings,
  ) {
    this.#name = name;
    this.#deadlineMs = deadlineMs;
    this.#headers = headers;
    this.client = createClient(ClientClass, address, { channel });
    const what = () => `The service "${name()}"`;
    this.#gate = new AdmissionGate({ what, atOnce: AT_ONCE, maxWaiting: MAX_WAITING, patienceMs: deadlineMs });
  }

  /**
   * Does something that keeps the service busy, such as calling it, when it is its turn: of what costs much only a little is under way
   * at a time, and callers come in turns, so that one's long lists do not stand before another's short one.
   * @throws RemoteError naming the service: `resource_exhausted` or `unavailable` when there is too much to do; what `act` throws
   */
  async inTurn<T>({ lane, cost, signal }: Turn, act: () => Promise<T>): Promise<T> {
    try {
      const later = this.#gate.enter({ caller: lane, cost, signal });
      if (later) await later;
    } catch (thrown) {
      throw toRemoteError(this.#name(), toPalateError(thrown), this.#deadlineMs);
    }
    try {
      return await act();
    } finally {
      this.#gate.leave(cost);
    }
  }

  /**
   * Calls a unary method: `link.call(link.client.getCampaign, request, asking)`.
   * @param deadlineMs milliseconds for this call instead of the link's
   * @throws RemoteError naming the service
   */
  async call<Req, Res>(
    method: UnaryMethod<Req, Res>,
    request: Req,
    { caller, signal }: Asking,
    deadlineMs = this.#deadlineMs,
  ): Promise<Res> {
    try {
      const headers = this.#headers(caller);
      const settings = { deadlineMs, ...(signal && { signal }), ...(headers && { headers }) };
      return await unaryCall(this.client, method, request, settings);
    } catch (thrown) {
      throw toRemoteError(this.#name(), toPalateError(thrown), deadlineMs);
    }
  }

  /**
   * Calls a server-streaming method.
   * @param deadlineMs milliseconds for all messages; it may last as long as it likes unless given
   * @throws RemoteError naming the service
   */
  async *stream<Req, Res>(
    method: StreamMethod<Req, Res>,
    request: Req,
    { caller, signal }: Asking,
    deadlineMs?: number,
  ): AsyncGenerator<Res> {
    try {
      const headers = this.#headers(caller);
      const settings = {
        ...(deadlineMs !== undefined && { deadlineMs }),
        ...(signal && { signal }),
        ...(headers && { headers }),
      };
      yield* streamCall(this.client, method, request, settings);
    } catch (thrown) {
      throw toRemoteError(this.#name(), toPalateError(thrown), deadlineMs ?? this.#deadlineMs);
    }
  }

  /** Metadata that tell the service who is behind a call, for methods that neither `call` nor `stream` can call. */
  metadataFor(caller: Asking["caller"]): Metadata {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(this.#headers(caller) ?? {})) metadata.set(name, value);
    return metadata;
  }

  /** Closes the connection. */
  close(): void {
    this.client.close();
  }
}
