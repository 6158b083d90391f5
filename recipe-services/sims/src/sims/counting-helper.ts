/** A thread's program: counts batches until none is left. */
import { workerData } from "node:worker_threads";
import type { CountingWork } from "./counting-work.js";
import { countBatches } from "./pair-counter.js";

for (const _ of countBatches(workerData as CountingWork));
