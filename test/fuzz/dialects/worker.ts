/** Imports the files of some seeds in a process of its own. */
import { workAsProcess } from "../processes/work-as-process.js";
import { runCases } from "./run-cases.js";

await workAsProcess(runCases);
