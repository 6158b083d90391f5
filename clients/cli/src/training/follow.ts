import { poll } from "../api/poll.js";
import { subscribe } from "../api/subscribe.js";
import { ExitCode } from "../errors/exit-code.js";
import { Failure } from "../errors/failure.js";
import {
  SOLUTION_VERSION,
  SOLUTION_VERSION_PROGRESS,
  type SolutionVersion,
  type VersionKey,
} from "../operations/solutions.js";
import type { Session } from "../session/session.js";

const ENDED = ["ACTIVE", "CREATE FAILED", "CREATE STOPPED"];

/**
 * Follows a training to its end, over restarts of the gateway too.
 * @param onChange told each time it is further
 * @returns the version, ACTIVE
 * @throws Failure when it failed or was stopped
 */
export async function followTraining(
  { api, signal }: Session,
  key: VersionKey,
  onChange: (version: SolutionVersion) => void,
): Promise<SolutionVersion> {
  try {
    for await (const { solutionVersionProgress } of subscribe(api, SOLUTION_VERSION_PROGRESS, key)) {
      onChange(solutionVersionProgress);
    }
  } catch (thrown) {
    // The stream may have broken off where asking still works.
    if (!(thrown instanceof Failure) || thrown.exitCode !== ExitCode.UNREACHABLE) throw thrown;
  }
  const version = await poll(async () => {
    const { solutionVersion } = await api.ask(SOLUTION_VERSION, key);
    if (!solutionVersion) throw new Failure("NOT_FOUND", `Version ${key.versionId} of "${key.solution}" is gone.`);
    if (ENDED.includes(solutionVersion.status)) return solutionVersion;
    onChange(solutionVersion);
    return undefined;
  }, signal);
  if (version.status === "ACTIVE") return version;
  const why = version.failureReason ?? version.status;
  throw new Failure("TRAINING_FAILED", `Training of "${key.solution}" did not come to its end: ${why}`);
}
