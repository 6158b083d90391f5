/** The datasets service: owns the data of every dataset group and streams it to the recipe services. */
export { datasetsOptions } from "./config.js";
export { startDatasets } from "./service.js";
