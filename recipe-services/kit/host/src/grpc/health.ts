import { Metadata, status, type Client, type ServiceError } from "@grpc/grpc-js";
import { service as health } from "grpc-health-check";
import { fromGrpcError } from "../errors/grpc-status.js";

/** What the standard health service is asked of for the database behind a service. */
export const DATABASE = "database";

/**
 * Asks the standard health service of the server that a client talks to.
 * @param name whose health; "" for that of the whole server
 * @param deadlineMs milliseconds until the call fails
 * @returns whether it is SERVING; undefined when the server does not know the name
 * @throws PalateError when there is no answer
 */
export function isServing(client: Client, name: string, deadlineMs: number): Promise<boolean | undefined> {
  const { path, requestSerialize, responseDeserialize } = health["Check"]!;
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve, reject) => {
    const done = (error: ServiceError | null, answer?: object) => {
      if (error?.code === status.NOT_FOUND) resolve(undefined);
      else if (error) reject(fromGrpcError(error));
      else resolve((answer as { status?: string }).status === "SERVING");
    };
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { service: name },
      new Metadata(),
      options,
      done,
    );
  });
}
