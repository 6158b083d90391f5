import type {
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  UntypedHandleCall,
  UntypedServiceImplementation,
  sendUnaryData,
} from "@grpc/grpc-js";
import type { Identity } from "../access/identity.js";
import type { IdentityTokens } from "../access/identity-tokens.js";
import { refusalOf, type Permission } from "../access/permission.js";
import { GRPC_PERMISSIONS } from "../access/permission-table.js";
import { toGrpcStatus } from "../errors/grpc-status.js";
import { toPalateError, unauthenticated, type PalateError } from "../errors/palate-error.js";

type AnyCall =
  | ServerUnaryCall<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

const callers = new WeakMap<object, Identity>();

/** Who makes a call that passed the guard; undefined where nobody is asked. */
export function callerOf(call: object): Identity | undefined {
  return callers.get(call);
}

/**
 * Lets calls through to their handlers by the permission table and the signed identity in their metadata.
 * @throws Error when a method has no row in the table
 */
export function guarded(
  definition: ServiceDefinition,
  implementation: UntypedServiceImplementation,
  tokens: IdentityTokens,
): UntypedServiceImplementation {
  const methods = Object.entries(definition).flatMap(([name, { path, responseStream }]) => {
    const permission = GRPC_PERMISSIONS[path];
    if (permission === undefined) throw new Error(`${path} has no row in the permission table.`);
    const handler = implementation[name];
    if (handler === undefined) return [];
    const refuse = (call: AnyCall) => refusal(call, path, permission, tokens);
    return [[name, responseStream ? guardStream(handler, refuse) : guardAnswer(handler, refuse)] as const];
  });
  return Object.fromEntries(methods);
}

type Refuse = (call: AnyCall) => PalateError | undefined;

function guardAnswer(handler: UntypedHandleCall, refuse: Refuse): UntypedHandleCall {
  return (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
    const error = refuse(call);
    if (error === undefined) (handler as (call: unknown, callback: unknown) => void)(call, callback);
    else callback(toGrpcStatus(error));
  };
}

function guardStream(handler: UntypedHandleCall, refuse: Refuse): UntypedHandleCall {
  return (call: ServerWritableStream<unknown, unknown>) => {
    const error = refuse(call);
    if (error === undefined) (handler as (call: unknown) => void)(call);
    else call.emit("error", toGrpcStatus(error));
  };
}

function refusal(call: AnyCall, path: string, permission: Permission, tokens: IdentityTokens): PalateError | undefined {
  try {
    const caller = tokens.verify(tokenIn(call));
    callers.set(call, caller);
    return refusalOf(caller, permission, path.slice(path.lastIndexOf("/") + 1), "request" in call && call.request);
  } catch (thrown) {
    return toPalateError(thrown);
  }
}

function tokenIn({ metadata }: AnyCall): string {
  const [authorization] = metadata.get("authorization");
  if (typeof authorization === "string" && authorization.startsWith("Bearer ")) return authorization.slice(7);
  throw unauthenticated(
    'This service asks who calls: send the metadata "authorization: Bearer TOKEN" with a token of the gateway\'s createAccessToken.',
  );
}
