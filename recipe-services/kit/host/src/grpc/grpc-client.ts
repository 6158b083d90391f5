import {
  credentials,
  InterceptingCall,
  Metadata,
  type CallOptions,
  type ChannelCredentials,
  type Client,
  type ClientOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  type MethodDefinition,
  type Interceptor,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import { fromGrpcError } from "../errors/grpc-status.js";
import { PalateError } from "../errors/palate-error.js";
import { onAbort } from "../on-abort.js";
import { beginClientCall, type CallRecord } from "./call-record.js";
import { MAX_MESSAGE_BYTES } from "./grpc-server.js";
import { serviceConfig } from "./service-config.js";

/** A generated client's class. */
export interface GeneratedClient<C extends Client> {
  new (address: string, credentials: ChannelCredentials, options?: Partial<ClientOptions>): C;
  /** The service's methods. */
  readonly service: ServiceDefinition;
}

/** Settings of a connection. */
export interface ConnectionSettings {
  /**
   * While calls are in progress: milliseconds of silence after which the other side is asked whether it is there. Half of that without
   * an answer, and the connection is given up; a machine that is gone does not say so. Default 10,000.
   */
  readonly keepaliveMs?: number;
  /** How the connection is secured; not at all by default. */
  readonly channel?: ChannelCredentials | undefined;
  /** Gives the signed identity that every call over it says; none unless given. */
  readonly identity?: (() => string) | undefined;
}

/** Connects a generated client to "host:port". Nothing is sent until the first call; lost connections are re-established automatically. */
export function createClient<C extends Client>(
  ClientClass: GeneratedClient<C>,
  address: string,
  { keepaliveMs = 10_000, channel = credentials.createInsecure(), identity }: ConnectionSettings = {},
): C {
  return new ClientClass(address, channel, {
    ...(identity && { interceptors: [sayingWho(identity)] }),
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.service_config": serviceConfig(ClientClass.service),
    "grpc.keepalive_time_ms": keepaliveMs,
    "grpc.keepalive_timeout_ms": keepaliveMs / 2,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 1_000,
    "grpc.use_local_subchannel_pool": 1,
    // A proxy in the environment is there for the world outside, and does not know the services.
    "grpc.enable_http_proxy": 0,
  });
}

/** The header in which a signed identity travels. */
export function identityHeader(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

function sayingWho(identity: () => string): Interceptor {
  return (options, next) =>
    new InterceptingCall(next(options), {
      start(metadata, listener, start) {
        for (const [name, value] of Object.entries(identityHeader(identity()))) metadata.set(name, value);
        start(metadata, listener);
      },
    });
}

/** Options of one call. */
export interface CallSettings {
  /** Milliseconds until the call fails with `deadline_exceeded`; default 10,000. */
  readonly deadlineMs?: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
  /** Headers to send. */
  readonly headers?: Readonly<Record<string, string>>;
}

type UnaryMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Res) => void,
) => ClientUnaryCall;

/** The record of a call to a generated client's method, which knows its path though its type does not say so. */
function recordOf(method: object, metadata: Metadata): CallRecord | undefined {
  return beginClientCall((method as Partial<MethodDefinition<unknown, unknown>>).path ?? "/unknown", metadata);
}

function metadataOf(settings: CallSettings): Metadata {
  const metadata = new Metadata();
  if (settings.headers) for (const [name, value] of Object.entries(settings.headers)) metadata.set(name, value);
  return metadata;
}

/**
 * Calls a unary method: `await unaryCall(client, client.getCampaign, request)`.
 * @throws PalateError with the code and details that the server sent
 */
export function unaryCall<Req, Res>(
  client: Client,
  method: UnaryMethod<Req, Res>,
  request: Req,
  settings: CallSettings = {},
): Promise<Res> {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + (settings.deadlineMs ?? 10_000) };
    const metadata = metadataOf(settings);
    const record = recordOf(method, metadata);
    const call = method.call(client, request, metadata, options, (error, response) => {
      stopWaiting();
      const failure = error ? fromGrpcError(error) : undefined;
      record?.end(failure);
      if (failure) reject(failure);
      else resolve(response);
    });
    const stopWaiting = onAbort(settings.signal, () => call.cancel());
  });
}

type StreamMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: Partial<CallOptions>,
) => ClientReadableStream<Res>;

/**
 * Calls a server-streaming method and yields its messages. Leaving the loop cancels the call. No deadline unless given.
 * @throws PalateError with the code and details that the server sent
 */
export async function* streamCall<Req, Res>(
  client: Client,
  method: StreamMethod<Req, Res>,
  request: Req,
  settings: CallSettings = {},
): AsyncGenerator<Res> {
  const options = settings.deadlineMs === undefined ? {} : { deadline: Date.now() + settings.deadlineMs };
  const metadata = metadataOf(settings);
  const record = recordOf(method, metadata);
  const call = method.call(client, request, metadata, options);
  const stopWaiting = onAbort(settings.signal, () => call.cancel());
  let failure: PalateError | undefined;
  try {
    for await (const message of call) yield message as Res;
  } catch (thrown) {
    failure = thrown instanceof PalateError ? thrown : fromGrpcError(thrown as ServiceError);
    throw failure;
  } finally {
    record?.end(failure);
    stopWaiting();
    call.cancel();
  }
}
