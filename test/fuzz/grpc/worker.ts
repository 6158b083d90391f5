/** Makes the calls of some seeds in a process of its own. */
import { workAsProcess } from "../processes/work-as-process.js";
import { runMessages } from "./run-messages.js";

await workAsProcess(runMessages);
