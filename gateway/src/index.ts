/** The gateway: Palate's only public door, GraphQL over the datasets service and the recipe services. */
import "reflect-metadata";

export { gatewayOptions } from "./config.js";
export { startGateway, type RunningGateway } from "./gateway.js";
export { buildGraphqlSchema } from "./execution/build-schema.js";
export { queryLimits, VALIDATION } from "./execution/query-limits.js";
export { printGraphqlSchema } from "./execution/print-schema.js";
