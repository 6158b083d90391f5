/** A simulation of the service in which a seed decides everything, and the stores in memory that it runs on. */
export { MemoryFiles } from "./memory-files.js";
export { MemoryGroupStore } from "./memory-groups.js";
export { runSimulations, type SimulationFigures } from "./run-simulations.js";
export { simulate, type Defects, type SimulatedRun } from "./simulate.js";
