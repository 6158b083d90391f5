import { createHash } from "node:crypto";

/** Key of a resource that has a name within a dataset group. */
export function resourceKey(datasetGroup: string, name: string): string {
  return `${datasetGroup}|${name}`;
}

/** Key of a solution version. */
export function versionKey(datasetGroup: string, solution: string, versionId: string): string {
  return `${datasetGroup}|${solution}|${versionId}`;
}

/** The version id that a request id stands for: a retry finds the version that the first call created. */
export function versionIdOf(datasetGroup: string, solution: string, requestId: string): string {
  return createHash("sha256").update(`${datasetGroup}|${solution}|${requestId}`).digest("hex").slice(0, 8);
}
