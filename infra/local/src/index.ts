/** Runs all of Palate on one machine: MongoDB and every service, each in a process of its own. */
export { Supervisor, type SupervisorEvent, type SupervisorOptions } from "./supervisor.js";
export { SERVICES, type ServiceEntry } from "@palate/host/services";
export {
  PalateClient,
  type DatasetType,
  type ImportJob,
  type InteractionEvent,
  type RecommendationQuery,
  type Recommendations,
  type RecommendedItem,
  type SolutionVersion,
} from "./client/palate-client.js";
export { GraphqlClient, RequestFailure } from "./client/graphql-client.js";
