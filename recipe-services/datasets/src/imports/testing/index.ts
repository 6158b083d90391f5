/** Imports without the service around them, for tests of other packages. */
export { FileRefused } from "../staging/file-problem.js";
export { TrialImports, type TrialFile, type TrialImport } from "./trial-imports.js";
