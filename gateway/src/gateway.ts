import {
  CertificateFiles,
  invalidArgument,
  openIdentities,
  openServiceTls,
  type IdentityTokens,
  type Logger,
} from "@palate/host";
import type { ApiKeyServiceClient } from "@palate/proto/dataset";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readAdminKey } from "./access/admin-key.js";
import { Auditor } from "./access/auditor.js";
import { ANYBODY, CredentialCheck } from "./access/authenticator.js";
import { KeyTable } from "./access/key-table.js";
import { Door } from "./admission/door.js";
import { Places } from "./admission/places.js";
import { linkApiKeys, linkAuditLog, linkDatasets } from "./clients/datasets-service.js";
import { CampaignTable } from "./clients/campaign-table.js";
import { Readiness } from "./clients/readiness.js";
import { RecipeDiscovery } from "./clients/recipe-discovery.js";
import { RecipeService } from "./clients/recipe-service.js";
import { signedHeaders } from "./clients/signed-headers.js";
import type { ServiceLink } from "./clients/service-link.js";
import { SolutionTable } from "./clients/solution-table.js";
import type { GatewayConfig } from "./config.js";
import { errorFormatter } from "./errors/format-error.js";
import { createApollo } from "./execution/apollo.js";
import { buildGraphqlSchema } from "./execution/build-schema.js";
import { auditedAnswer, auditedRoute } from "./http/audited.js";
import { auditLogRoute } from "./http/audit-log.js";
import { batchOutputRoute } from "./http/batch-output.js";
import { Cors } from "./http/cors.js";
import { Explorer } from "./http/explorer.js";
import { exportRoute } from "./http/exports.js";
import { graphqlHandler } from "./http/graphql.js";
import { Hosts } from "./http/hosts.js";
import { importReportRoute } from "./http/import-reports.js";
import { createHttpServer } from "./http/server.js";
import { sseHandler } from "./http/sse.js";
import { uploadHandler } from "./http/uploads.js";
import { versionReportRoute } from "./http/version-reports.js";

/** What the audit log says of an upload; it belongs to no dataset group yet. */
const UPLOAD = { operation: "upload", datasetGroup: "", resources: [] };

/** A gateway that is listening. */
export interface RunningGateway {
  /** The port it got. */
  readonly port: number;
  /** Where it is, for people: "http://127.0.0.1:4000". */
  readonly url: string;
  /** Says not ready, lets requests in progress finish for at most the configured drain time, then closes everything. */
  close(): Promise<void>;
}

/**
 * Starts the gateway. It starts whether or not the services are there, and finds them when they come.
 * @throws PalateError `invalid_argument` when the listen address or what callers are known by cannot be read,
 *   `failed_precondition` when it is to listen beyond the loopback without asking who calls
 * @throws Error when it cannot be bound
 */
export async function startGateway(config: GatewayConfig, logger: Logger): Promise<RunningGateway> {
  const { host, port } = parseListen(config.listen);
  const identities = openIdentities(config);
  const services = openServices(config, identities, logger);
  const { datasets, auditLog, audit, recipes, solutions } = services;
  const authenticator = identities ? openAuthenticator(config, services.apiKeys, logger) : ANYBODY;
  const certificates = openCertificates(config, logger);
  const readiness = new Readiness(datasets, config.datasetsAddress, recipes);
  const schema = buildGraphqlSchema();
  const upload = uploadHandler(datasets, config.maxUploadBytes, config.controlDeadlineMs, logger);
  const formatError = errorFormatter(logger);
  const door = new Door(config);
  const apollo = createApollo(schema, config, door, logger, formatError);
  await apollo.start();
  let draining = false;
  const server = createHttpServer(
    {
      graphql: graphqlHandler({ apollo, services, limits: config, door }),
      stream: sseHandler(schema, config, services, formatError),
      uploads: (request, response, asked) =>
        auditedAnswer(audit, UPLOAD, { request, response, caller: asked.caller }, () =>
          upload(request, response, asked),
        ),
      files: [
        ...[batchOutputRoute(recipes), exportRoute(datasets), importReportRoute(datasets), auditLogRoute(auditLog)].map(
          (route) => auditedRoute(route, audit),
        ),
        versionReportRoute(solutions),
      ],
      explorer: config.explorer === "on" ? new Explorer() : undefined,
      authenticator,
      audit,
      places: placesOf(config),
      hosts: new Hosts(host, config.allowedHosts),
      cors: new Cors(config.corsOrigins),
      readiness: async (excluded) => {
        const report = await readiness.report(excluded);
        return { ...report, ready: report.ready && !draining };
      },
    },
    logger,
    certificates,
  );
  void recipes.start(config.discoverySeconds);
  await listen(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  const url = `http${certificates ? "s" : ""}://${shownHost(host)}:${bound}`;
  logger.info({ url }, "gateway is listening");
  return {
    port: bound,
    url,
    async close() {
      draining = true;
      await closeServer(server, config.drainSeconds * 1_000);
      await apollo.stop();
      authenticator.close();
      await services.close();
      certificates?.close();
    },
  };
}

/** What every request shares: the services that are asked, and what is known of them. */
function openServices(config: GatewayConfig, identities: IdentityTokens | undefined, logger: Logger) {
  const tls = openServiceTls(config, logger);
  const connection = { channel: tls.client, headers: signedHeaders(identities) };
  const control = { ...connection, deadlineMs: config.controlDeadlineMs };
  const datasets = linkDatasets(config.datasetsAddress, control);
  const apiKeys = linkApiKeys(config.datasetsAddress, control);
  const auditLog = linkAuditLog(config.datasetsAddress, control);
  const audit = config.audit === "on" ? new Auditor(auditLog, logger) : undefined;
  const recipes = new RecipeDiscovery(
    config.recipeServices.map((address) => new RecipeService(address, config, connection)),
    logger,
  );
  return {
    ...{ datasets, apiKeys, auditLog, audit, recipes },
    tokens: identities,
    campaigns: new CampaignTable(recipes),
    solutions: new SolutionTable(recipes),
    maxFirst: config.maxFirst,
    introspection: config.introspection === "on",
    async close() {
      await audit?.close();
      apiKeys.close();
      auditLog.close();
      recipes.close();
      datasets.close();
      tls.close();
    },
  };
}

function openAuthenticator(config: GatewayConfig, apiKeys: ServiceLink<ApiKeyServiceClient>, logger: Logger) {
  return new CredentialCheck({ adminKey: readAdminKey(config.adminKeyFile), keys: new KeyTable(apiKeys, logger) });
}

/** The certificates of the public server; undefined when it speaks plain HTTP. */
function openCertificates(config: GatewayConfig, logger: Logger): CertificateFiles | undefined {
  const { publicCertFile, publicKeyFile } = config;
  if (publicCertFile === "" && publicKeyFile === "") return undefined;
  const paths = { certFile: publicCertFile || undefined, keyFile: publicKeyFile || undefined };
  return new CertificateFiles(paths, logger, config.tlsReloadSeconds * 1_000);
}

/** The name of an address to listen on, as a URL has it. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

/** How much of what takes long there may be at a time. */
function placesOf({ maxStreams, maxUploads, maxDownloads }: GatewayConfig) {
  return {
    streams: new Places("subscriptions", maxStreams),
    uploads: new Places("uploads", maxUploads),
    downloads: new Places("downloads", maxDownloads),
  };
}

function parseListen(address: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (host !== undefined) return { host, port: Number(match?.[3]) };
  throw invalidArgument(`"${address}" is no address to listen on; write host:port, for example 127.0.0.1:4000.`);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closeServer(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.closeAllConnections(), drainMs);
    // Connections that become idle once their last answer is out are kept alive for a next request, which must not come.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(deadline);
      clearInterval(idle);
      resolve();
    });
  });
}
