/** The datasets service: owns the data of every dataset group and streams it to the recipe services. */
export { datasetsOptions, type DatasetsConfig } from "./config.js";
export { startDatasets, type RunningDatasets } from "./service.js";
