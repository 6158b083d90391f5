import {
  choice,
  commonOptions,
  identityOptions,
  integer,
  list,
  serviceTlsOptions,
  text,
  type ConfigOf,
} from "@palate/host";
import { defaultAddressOf, serviceNamed, SERVICES } from "@palate/host/services";

const recipeServices = SERVICES.filter(({ role }) => role === "recipe");

/** Options of the gateway. */
export const gatewayOptions = {
  ...commonOptions,
  ...identityOptions,
  adminKeyFile: text(
    "PALATE_ADMIN_KEY_FILE",
    "",
    "File with a key of the operator's, of at least 32 characters, that may do everything: with it the first API keys are made. Made by the launcher unless given.",
  ),
  listen: text(
    "PALATE_GATEWAY_LISTEN",
    defaultAddressOf(serviceNamed("gateway")),
    "Address and port to serve HTTP on; port 0 picks a free one.",
  ),
  publicCertFile: text(
    "PALATE_GATEWAY_TLS_CERT_FILE",
    "",
    "The gateway's certificate for HTTPS in PEM, renewed in place; unset means plain HTTP.",
  ),
  publicKeyFile: text("PALATE_GATEWAY_TLS_KEY_FILE", "", "That certificate's private key in PEM."),
  ...serviceTlsOptions,
  datasetsAddress: text(
    "PALATE_DATASETS_ADDRESS",
    defaultAddressOf(serviceNamed("datasets")),
    "host:port of the datasets service.",
  ),
  recipeServices: list(
    "PALATE_RECIPE_SERVICES",
    recipeServices.map(defaultAddressOf).join(","),
    "host:port of each recipe service, separated by commas. What each offers is asked at run time.",
  ),
  audit: choice(
    "PALATE_AUDIT",
    ["on", "off"],
    "on",
    "Whether changes and downloads are written into the audit log; then none is made while it cannot be written.",
  ),
  discoverySeconds: integer(
    "PALATE_DISCOVERY_SECONDS",
    5,
    1,
    3600,
    "Seconds between looks at what the recipe services offer and serve; a miss looks at once.",
  ),
  recommendationDeadlineMs: integer(
    "PALATE_RECOMMENDATION_DEADLINE_MS",
    2_000,
    10,
    60_000,
    "Milliseconds a recipe service gets to answer a recommendation.",
  ),
  controlDeadlineMs: integer(
    "PALATE_CONTROL_DEADLINE_MS",
    30_000,
    100,
    600_000,
    "Milliseconds a service gets to answer any other call, and a GraphQL request to arrive.",
  ),
  allowedHosts: list(
    "PALATE_ALLOWED_HOSTS",
    "",
    'Names other than the loopback\'s that clients may call the gateway by, separated by commas; "*" means all. When it does not listen on the loopback, none means all.',
    { pattern: /^(\*|[\w.-]+)$/, right: "a host name without port, or *" },
  ),
  corsOrigins: list(
    "PALATE_CORS_ORIGINS",
    "",
    'Other origins whose pages may call the API from a browser, separated by commas; "*" means all.',
    { pattern: /^(\*|[a-z][a-z0-9+.-]*:\/\/[^\s/]+)$/i, right: "scheme://host[:port] without a path, or *" },
  ),
  introspection: choice("PALATE_INTROSPECTION", ["on", "off"], "on", "Whether clients may ask for the schema."),
  explorer: choice("PALATE_EXPLORER", ["on", "off"], "on", "Whether browsers get the explorer page at /."),
  maxBodyBytes: integer(
    "PALATE_MAX_BODY_BYTES",
    8 * 1024 * 1024,
    1024,
    64 * 1024 * 1024,
    "Largest GraphQL request body in bytes.",
  ),
  maxUploadBytes: integer(
    "PALATE_MAX_UPLOAD_BYTES",
    2 * 1024 * 1024 * 1024,
    1024,
    1024 ** 4,
    "Largest uploaded file in bytes.",
  ),
  maxFirst: integer("PALATE_MAX_FIRST", 500, 1, 10_000, "Largest first, the size of a page of any list."),
  maxDepth: integer("PALATE_MAX_DEPTH", 12, 3, 100, "Deepest nesting of fields in a query."),
  maxAliases: integer("PALATE_MAX_ALIASES", 30, 0, 1_000, "Most aliased fields in a query."),
  maxCost: integer(
    "PALATE_MAX_COST",
    20_000,
    100,
    10_000_000,
    "Highest cost of a query: one for each field that could be returned, pages counting first times.",
  ),
  maxQueryLength: integer(
    "PALATE_MAX_QUERY_LENGTH",
    100_000,
    1_000,
    64 * 1024 * 1024,
    "Most characters of a query document, comments included.",
  ),
  maxRequests: integer(
    "PALATE_MAX_REQUESTS",
    5_000,
    2,
    1_000_000,
    "Most GraphQL requests in progress, those that wait for their turn or for a service included; half of them a caller's.",
  ),
  maxWaiting: integer(
    "PALATE_MAX_WAITING",
    2_000,
    1,
    1_000_000,
    "Most GraphQL requests that wait for their turn; more are refused, with the time after which to try again.",
  ),
  maxStreams: integer(
    "PALATE_MAX_STREAMS",
    4_000,
    2,
    1_000_000,
    "Most subscriptions at a time; half of them a caller's.",
  ),
  maxUploads: integer("PALATE_MAX_UPLOADS", 1_000, 2, 1_000_000, "Most uploads at a time; half of them a caller's."),
  maxDownloads: integer(
    "PALATE_MAX_DOWNLOADS",
    1_000,
    2,
    1_000_000,
    "Most exports, outputs and reports that are fetched at a time; half of them a caller's.",
  ),
  requestsPerSecond: integer(
    "PALATE_CALLER_REQUESTS_PER_SECOND",
    0,
    0,
    1_000_000,
    "GraphQL requests that a caller may send in a second; 0 means as many as it likes.",
  ),
  costPerSecond: integer(
    "PALATE_CALLER_COST_PER_SECOND",
    0,
    0,
    1_000_000_000,
    "Cost of the queries that a caller may send in a second, counted as PALATE_MAX_COST is; 0 means any.",
  ),
  maxTokens: integer("PALATE_MAX_TOKENS", 4_000, 100, 1_000_000, "Most lexical tokens in a query document."),
} as const;

/** Values of {@link gatewayOptions}. */
export type GatewayConfig = ConfigOf<typeof gatewayOptions>;
