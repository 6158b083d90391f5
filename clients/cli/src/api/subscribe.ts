import { createClient } from "graphql-sse";
import { ExitCode } from "../errors/exit-code.js";
import { Failure, interrupted } from "../errors/failure.js";
import type { Gateway } from "./gateway.js";
import { failureOf, type GraphqlError } from "./graphql-errors.js";
import type { Operation } from "./operation.js";

/** Times that a broken stream is opened again before it counts as broken. */
const RETRIES = 4;

/**
 * Everything that a subscription tells, until it ends; a broken stream is opened again a few times.
 * @throws Failure with what the gateway said, that it does not answer any more, or after Ctrl-C
 */
export async function* subscribe<Data, Variables extends object>(
  api: Gateway,
  operation: Operation<Data, Variables>,
  variables: Variables,
): AsyncGenerator<Data> {
  const client = createClient({ url: `${api.url}/graphql/stream`, retryAttempts: RETRIES, headers: api.credentials });
  const results = client.iterate<Data>({
    query: operation.document,
    variables: Object.fromEntries(Object.entries(variables)),
  });
  const stop = (): void => void results.return?.();
  api.signal.addEventListener("abort", stop);
  try {
    for await (const { data, errors } of results) {
      if (errors) throw failureOf(errors as readonly GraphqlError[]);
      if (data) yield data;
    }
  } catch (thrown) {
    throw streamFailure(thrown, api);
  } finally {
    api.signal.removeEventListener("abort", stop);
    client.dispose();
  }
  if (api.signal.aborted) throw interrupted();
}

function streamFailure(thrown: unknown, api: Gateway): Failure {
  if (thrown instanceof Failure) return thrown;
  if (api.signal.aborted) return interrupted();
  if (Array.isArray(thrown)) return failureOf(thrown as GraphqlError[]);
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure("UNREACHABLE", `The gateway at ${api.url} stopped telling how far it is: ${why}.`, {
    exitCode: ExitCode.UNREACHABLE,
    cause: thrown,
  });
}
