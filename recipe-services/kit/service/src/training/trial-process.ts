import { failedPrecondition } from "@palate/host";
import { spawn } from "node:child_process";
import type { StartTrial, TrialReport } from "./trial-types.js";

/** What a trial's process says at its end. */
export type TrialMessage = { readonly report: TrialReport } | { readonly failure: string };

/**
 * Trials in child processes of the trainer: memory is given back whatever a configuration takes, and several run at once.
 * A child whose trainer is gone ends by itself (its channel to the trainer closes).
 * @param program path of the service's `main.js`, which runs a trial when its first argument is "trial"
 */
export function trialsInProcesses(program: string, environment: NodeJS.ProcessEnv): StartTrial {
  return ({ datasetGroup, solution, versionId }, spec, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const child = spawn(
        process.execPath,
        [program, "trial", datasetGroup, solution, versionId, JSON.stringify(spec)],
        {
          env: { TF_CPP_MIN_LOG_LEVEL: "2", ...environment, PALATE_EXIT_WITH_PARENT: "0" },
          stdio: ["ignore", "ignore", "inherit", "ipc"],
        },
      );
      const kill = (): void => void child.kill("SIGKILL");
      signal.addEventListener("abort", kill, { once: true });
      let message: TrialMessage | undefined;
      child.on("message", (said) => (message = said as TrialMessage));
      child.once("error", (error) => reject(failedPrecondition(`The trial could not be started: ${error.message}`)));
      child.once("close", (code, killedBy) => {
        signal.removeEventListener("abort", kill);
        if (signal.aborted) reject(signal.reason as Error);
        else if (message === undefined)
          reject(failedPrecondition(`The trial ended ${killedBy ? `by ${killedBy}` : `with code ${code}`}.`));
        else if ("failure" in message) reject(failedPrecondition(message.failure));
        else resolve(message.report);
      });
    });
}
