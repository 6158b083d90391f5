import type { ServiceDefinition } from "@grpc/grpc-js";

/** Methods that change nothing begin with one of these words. */
const READING = /^(Get|List|Check|Explain|Infer|Read|Watch|Export)(?![a-z])/;

/**
 * Methods that change something and may be carried out twice: events are told apart by their ids, other records replace
 * themselves, a job of the same name and content is the same job, and the gateway gives every training a request id.
 */
const REPEATABLE: ReadonlySet<string> = new Set([
  "PutEvents",
  "PutActionInteractions",
  "PutItems",
  "PutUsers",
  "PutActions",
  "CreateDatasetImportJob",
  "CreateDatasetExportJob",
  "CreateSolutionVersion",
]);

const RETRY_POLICY = {
  maxAttempts: 3,
  initialBackoff: "0.05s",
  maxBackoff: "0.5s",
  backoffMultiplier: 3,
  retryableStatusCodes: ["UNAVAILABLE"],
};

/**
 * How a client calls a service, as JSON after gRPC's service config. A call that failed with UNAVAILABLE may have been carried out all
 * the same: the connection may have broken before the answer. So only calls that may be carried out twice are sent again.
 */
export function serviceConfig(service: ServiceDefinition): string {
  const name = Object.values(service).flatMap(({ path }) => {
    const [, serviceName, method] = path.split("/") as [string, string, string];
    return READING.test(method) || REPEATABLE.has(method) ? [{ service: serviceName, method }] : [];
  });
  const methodConfig = name.length > 0 ? [{ name, retryPolicy: RETRY_POLICY }] : [];
  return JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }], methodConfig });
}
