import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { readDescriptorSet } from "@palate/proto/descriptors";
import { HealthImplementation } from "grpc-health-check";
import { DescriptorIndex } from "./descriptor-index.js";
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
  /** Says SERVING or NOT_SERVING, over all and for each service. */
  setServing(serving: boolean): void;
  /** Says NOT_SERVING, lets calls in progress finish for at most `drainMs`, then cuts them off. */
  close(drainMs: number): Promise<void>;
}

const HEALTH = "grpc.health.v1.Health";

/** What the contracts declare, read when a client first asks: one index serves every server of the process. */
let descriptors: DescriptorIndex | undefined;

/**
 * Serves gRPC services with health checking and reflection. Health says NOT_SERVING until `setServing(true)`.
 * @param listen "host:port"; port 0 picks a free one
 * @throws Error when the address cannot be bound
 */
export async function startGrpcServer(listen: string, services: readonly ServedService[]): Promise<RunningGrpcServer> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_REQUEST_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 10_000,
  });
  for (const service of services) server.addService(readStrictly(service.definition), service.implementation);
  const health = new HealthImplementation(
    Object.fromEntries([["", "NOT_SERVING"], ...services.map((s) => [s.name, "NOT_SERVING"])]),
  );
  health.addToServer(server);
  addReflection(server, {
    services: [...services.map((service) => service.name), HEALTH],
    descriptors: () => (descriptors ??= new DescriptorIndex(readDescriptorSet())),
  });

  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const setServing = (serving: boolean) => {
    for (const name of ["", ...services.map((service) => service.name)])
      health.setStatus(name, serving ? "SERVING" : "NOT_SERVING");
  };
  return {
    port,
    setServing,
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
