/** A thread's program: takes part in counting until nothing is left to take. */
import { workerData } from "node:worker_threads";
import type { CountingWork } from "./counting-work.js";
import { countBatches } from "./pair-counter.js";

for (const _ of countBatches(workerData as CountingWork));
