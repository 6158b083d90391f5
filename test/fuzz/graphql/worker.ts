/** Sends the requests of some seeds in a process of its own. */
import { workAsProcess } from "../processes/work-as-process.js";
import { runRequests } from "./run-requests.js";

await workAsProcess(runRequests);
