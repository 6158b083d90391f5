import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { readDescriptorSet } from "@palate/proto/descriptors";
import { HealthImplementation } from "grpc-health-check";
import type { IdentityTokens } from "../access/identity-tokens.js";
import { DescriptorIndex } from "./descriptor-index.js";
import { DATABASE } from "./health.js";
import { guarded } from "./guard.js";
import { readStrictly } from "./readable-request.js";
import { addReflection } from "./reflection-service.js";

/** Largest message sent, in bytes: room for a snapshot chunk. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Largest request accepted, in bytes: a bound on the memory and time that a caller can make a service use. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** One gRPC service to serve. */
export interface ServedService {
  /** Full name, for health and reflection: "palate.recipe.v1.RecipeService". */
  readonly name: string;
  /** Generated definition. */
  readonly definition: ServiceDefinition;
  /** Its handlers; missing methods answer UNIMPLEMENTED. */
  readonly implementation: UntypedServiceImplementation;
}

/** A server that is listening. */
export interface RunningGrpcServer {
  /** The port it got. */
  readonly port: number;
  /** Says SERVING or NOT_SERVING, over all, for each service and as "readiness". */
  setServing(serving: boolean): void;
  /** Says whether the database can be used, as "database"; until then and without a database, nothing is known of one. */
  setDatabase(usable: boolean): void;
  /** Says NOT_SERVING, lets calls in progress finish for at most `drainMs`, then cuts them off. */
  close(drainMs: number): Promise<void>;
}

const HEALTH = "grpc.health.v1.Health";

/** What health is asked of besides services: whether the process should be restarted, and whether it should be sent work. */
const LIVENESS = "liveness";
const READINESS = "readiness";

/** What the contracts declare, read when a client first asks: one index serves every server of the process. */
let descriptors: DescriptorIndex | undefined;

/**
 * Serves gRPC services with health checking and reflection. Health says NOT_SERVING until `setServing(true)`, but for
 * "liveness".
 * @param listen "host:port"; port 0 picks a free one
 * @param credentials how connections are secured; not at all by default
 * @param identities by which it knows who calls; unless given, everybody may call everything
 * @throws Error when the address cannot be bound
 */
export async function startGrpcServer(
  listen: string,
  services: readonly ServedService[],
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
  identities?: IdentityTokens,
): Promise<RunningGrpcServer> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_REQUEST_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
  });
  for (const { definition, implementation } of services)
    server.addService(
      readStrictly(definition),
      identities ? guarded(definition, implementation, identities) : implementation,
    );
  const usable = ["", READINESS, ...services.map((service) => service.name)];
  const health = new HealthImplementation({
    ...Object.fromEntries(usable.map((name) => [name, "NOT_SERVING"])),
    // Whoever gets this answer, gets it from a process that lives and whose event loop turns.
    [LIVENESS]: "SERVING",
  });
  health.addToServer(server);
  addReflection(server, {
    services: [...services.map((service) => service.name), HEALTH],
    descriptors: () => (descriptors ??= new DescriptorIndex(readDescriptorSet())),
  });

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const setServing = (serving: boolean) => {
    for (const name of usable) health.setStatus(name, serving ? "SERVING" : "NOT_SERVING");
  };
  return {
    port,
    setServing,
    setDatabase: (usable) => health.setStatus(DATABASE, usable ? "SERVING" : "NOT_SERVING"),
    async close(drainMs) {
      setServing(false);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => server.forceShutdown(), drainMs);
        server.tryShutdown(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
