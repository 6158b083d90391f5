import { Failure } from "../errors/failure.js";
import { METRICS, type MeasuredVersion, type VersionKey } from "../operations/solutions.js";
import type { Session } from "../session/session.js";

/**
 * A version with all that was measured of it.
 * @throws Failure when there is no such version
 */
export async function measuredVersion({ api }: Session, key: VersionKey): Promise<MeasuredVersion> {
  const { solutionVersion } = await api.ask(METRICS, key);
  if (solutionVersion) return solutionVersion;
  const { datasetGroup, solution, versionId } = key;
  throw new Failure("NOT_FOUND", `"${datasetGroup}" has no version ${versionId} of a solution "${solution}".`, {
    hint: "palate status lists solutions and their newest versions.",
  });
}
