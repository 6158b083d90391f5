import { PalateError } from "@palate/host";

/** A service's failure, with the name of the service, which the caller is told in `extensions.service`. */
export class RemoteError extends PalateError {
  /** The service that failed: its own name, or its address while it has never answered. */
  readonly service: string;

  constructor(service: string, error: PalateError, message: string = error.message) {
    super(error.code, message, error.details, { cause: error.cause ?? error });
    this.name = "RemoteError";
    this.service = service;
  }
}

/** How grpc-js words the failures of a connection, as against an UNAVAILABLE that a handler sent on purpose. */
const CONNECTION_TROUBLE =
  /^(No connection established|Connection dropped|Name resolution failed|read |write |The server is|Channel|Stream removed|Call (was )?cancelled|Received RST_STREAM)|ECONN|GOAWAY|EPIPE|ETIMEDOUT/;

/** Tells a failed call in the gateway's words: who did not answer, without addresses or library jargon. */
export function toRemoteError(service: string, error: PalateError, deadlineMs: number): RemoteError {
  if (error.code === "deadline_exceeded") {
    return new RemoteError(
      service,
      error,
      `The service "${service}" did not answer within ${deadlineMs} ms; try again.`,
    );
  }
  if (error.code === "unavailable" && CONNECTION_TROUBLE.test(error.message)) {
    return new RemoteError(service, error, `The service "${service}" does not answer; try again later.`);
  }
  return new RemoteError(service, error);
}
