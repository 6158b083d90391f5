import type {
  CallOptions,
  ChannelCredentials,
  Client,
  ClientReadableStream,
  ClientUnaryCall,
  Metadata,
  ServiceError,
} from "@grpc/grpc-js";
import { toPalateError, createClient, streamCall, unaryCall, type GeneratedClient } from "@palate/host";
import { toRemoteError } from "../errors/remote-error.js";

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

/** One gRPC service as the gateway sees it: a client, a deadline and a name for error messages. */
export class ServiceLink<C extends Client> {
  /** The generated client. */
  readonly client: C;
  readonly #deadlineMs: number;
  readonly #name: () => string;

  /**
   * @param name what the service is called now; it may become known only later
   * @param ClientClass the generated client's class
   * @param address "host:port"; nothing is sent until the first call
   * @param deadlineMs milliseconds each unary call gets
   * @param channel how the connection is secured
   */
  constructor(
    name: () => string,
    ClientClass: GeneratedClient<C>,
    address: string,
    deadlineMs: number,
    channel: ChannelCredentials,
  ) {
    this.#name = name;
    this.#deadlineMs = deadlineMs;
    this.client = createClient(ClientClass, address, { channel });
  }

  /**
   * Calls a unary method: `link.call(link.client.getCampaign, request, signal)`.
   * @param deadlineMs milliseconds for this call instead of the link's
   * @throws RemoteError naming the service
   */
  async call<Req, Res>(
    method: UnaryMethod<Req, Res>,
    request: Req,
    signal?: AbortSignal,
    deadlineMs = this.#deadlineMs,
  ): Promise<Res> {
    try {
      return await unaryCall(this.client, method, request, signal ? { deadlineMs, signal } : { deadlineMs });
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
    signal: AbortSignal,
    deadlineMs?: number,
  ): AsyncGenerator<Res> {
    try {
      yield* streamCall(this.client, method, request, { signal, ...(deadlineMs !== undefined && { deadlineMs }) });
    } catch (thrown) {
      throw toRemoteError(this.#name(), toPalateError(thrown), deadlineMs ?? this.#deadlineMs);
    }
  }

  /** Closes the connection. */
  close(): void {
    this.client.close();
  }
}
