/** Runs all of Palate on one machine: MongoDB and every service, each in a process of its own. */
export { Supervisor } from "./supervisor.js";
export { PalateClient, type DatasetType } from "./client/palate-client.js";
export { GraphqlClient, RequestFailure } from "./client/graphql-client.js";
