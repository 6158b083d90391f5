import { startGateway, gatewayOptions, type RunningGateway } from "@palate/gateway";
import { createLogger, loadConfig, type Logger } from "@palate/host";

/** A GraphQL response. */
export interface GraphqlAnswer {
  /** HTTP status. */
  readonly status: number;
  /** Response headers. */
  readonly headers: Headers;
  // Answers are as various as the queries; tests state what they expect of each.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly data: any;
  /** Entries of `errors`; empty when there are none. */
  readonly errors: readonly {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; retryable: boolean; service?: string; errorId?: string };
  }[];
}

/** Starts a gateway on a free port with options by their environment variables. */
export function gatewayWith(options: Record<string, string>, logger: Logger = createLogger("gateway", "silent")) {
  const defaults = {
    PALATE_GATEWAY_LISTEN: "127.0.0.1:0",
    PALATE_DRAIN_SECONDS: "1",
    PALATE_DISCOVERY_SECONDS: "3600",
    // The tests of most doors do without a service that keeps the log; those of the log say "on".
    PALATE_AUDIT: "off",
  };
  return startGateway(loadConfig(gatewayOptions, { ...defaults, ...options }), logger);
}

/** Sends a query as a client does. */
export async function ask(
  gateway: RunningGateway,
  query: string,
  variables: Record<string, unknown> = {},
  init: RequestInit = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
    ...init,
  });
  const body = (await response.json()) as { data?: unknown; errors?: GraphqlAnswer["errors"] };
  return { status: response.status, headers: response.headers, data: body.data, errors: body.errors ?? [] };
}
