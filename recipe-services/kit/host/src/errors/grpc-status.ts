import { Metadata, status, type ServiceError, type StatusObject } from "@grpc/grpc-js";
import { errorWithin } from "./bounded-error.js";
import { ERROR_CODES, PalateError, toPalateError, type ErrorCode, type ErrorDetails } from "./palate-error.js";

/** The one table from our codes to gRPC status codes. */
export const GRPC_STATUS: Readonly<Record<ErrorCode, status>> = {
  invalid_argument: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  permission_denied: status.PERMISSION_DENIED,
  not_found: status.NOT_FOUND,
  already_exists: status.ALREADY_EXISTS,
  failed_precondition: status.FAILED_PRECONDITION,
  resource_exhausted: status.RESOURCE_EXHAUSTED,
  cancelled: status.CANCELLED,
  deadline_exceeded: status.DEADLINE_EXCEEDED,
  unimplemented: status.UNIMPLEMENTED,
  unavailable: status.UNAVAILABLE,
  data_loss: status.DATA_LOSS,
  internal: status.INTERNAL,
};

const DETAILS_KEY = "palate-error-details-bin";
/** A negative value tells the client's transport not to retry the call. */
const PUSHBACK_KEY = "grpc-retry-pushback-ms";
/**
 * Most bytes of a message as it is encoded, and of the details as JSON, a third more when they are encoded: together they stay below
 * the 8 KiB of headers and trailers that every implementation of gRPC takes. Longer ones break the connection that all calls share.
 */
const MAX_MESSAGE_BYTES = 3_000;
const MAX_DETAIL_BYTES = 3_000;
const CODE_OF_STATUS = new Map(ERROR_CODES.map((code) => [GRPC_STATUS[code], code]));

/**
 * What a gRPC server sends for anything thrown. Details travel as JSON in the trailing metadata; what is too long is cut. A handler's
 * UNAVAILABLE is not retried by the transport: unlike a lost connection it may have had an effect, and the caller decides whether
 * to retry.
 */
export function toGrpcStatus(thrown: unknown): StatusObject {
  const error = toPalateError(thrown);
  const { message, details } = errorWithin(error, MAX_MESSAGE_BYTES, MAX_DETAIL_BYTES, encodedBytes);
  const metadata = new Metadata();
  if (Object.keys(details).length > 0) metadata.set(DETAILS_KEY, Buffer.from(JSON.stringify(details)));
  if (error.code === "unavailable") metadata.set(PUSHBACK_KEY, "-1");
  return { code: GRPC_STATUS[error.code], details: message, metadata };
}

/** The length of a message as it is sent: percent-encoded. */
function encodedBytes(message: string): number {
  return encodeURI(message).length;
}

/** The error a gRPC client throws for a failed call, with the details the server sent. */
export function fromGrpcError(error: ServiceError): PalateError {
  const code = CODE_OF_STATUS.get(error.code) ?? "internal";
  const raw = error.metadata?.get(DETAILS_KEY)[0];
  const details = raw === undefined ? {} : (JSON.parse(raw.toString()) as ErrorDetails);
  return new PalateError(code, error.details || error.message, details, { cause: error });
}
