import type { Logger } from "@palate/host";
import { versionKey } from "@palate/store";
import { activeSpan, traceparentOf } from "@palate/telemetry";
import { spawn, type ChildProcess } from "node:child_process";
import type { TrainingExit, TrainingJob, TrainingLauncher } from "./job.js";

/** Exit code of a trainer that stopped because it was asked to. */
export const STOPPED_EXIT_CODE = 75;
const KILL_AFTER_MS = 2_000;

/** Trains in a child process of the recipe service: same program, other arguments, its own memory and cores. */
export class ChildProcessLauncher implements TrainingLauncher {
  readonly #program: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #logger: Logger;
  readonly #running = new Map<string, ChildProcess>();

  /**
   * @param program path of the service's `main.js`, which trains when its first argument is "train"
   * @param environment the trainer's environment: the service's own
   */
  constructor(program: string, environment: NodeJS.ProcessEnv, logger: Logger) {
    this.#program = program;
    this.#environment = environment;
    this.#logger = logger;
  }

  launch(job: TrainingJob): Promise<TrainingExit> {
    const key = versionKey(job.datasetGroup, job.solution, job.versionId);
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [this.#program, "train", job.datasetGroup, job.solution, job.versionId], {
        // Without this, TensorFlow's start-up messages look like errors in the log.
        env: {
          ...{ TF_CPP_MIN_LOG_LEVEL: "2", ...this.#environment, PALATE_EXIT_WITH_PARENT: "0" },
          TRACEPARENT: traceparentOf(activeSpan()),
        },
        stdio: ["ignore", "ignore", "pipe"],
      });
      this.#running.set(key, child);
      let lastLine = "";
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        process.stderr.write(chunk);
        lastLine = chunk.trimEnd().split("\n").at(-1) ?? lastLine;
      });
      const end = (exit: TrainingExit) => {
        this.#running.delete(key);
        resolve(exit);
      };
      child.once("error", (error) =>
        end({ ok: false, killed: false, reason: `The trainer could not be started: ${error.message}` }),
      );
      child.once("close", (code, signal) => {
        this.#logger.info({ job, code, signal }, "trainer ended");
        if (code === 0) end({ ok: true, killed: false, reason: "" });
        else if (code === STOPPED_EXIT_CODE) end({ ok: false, killed: false, reason: "The trainer was stopped." });
        else
          end({
            ok: false,
            killed: signal !== null,
            reason: `The trainer ended ${signal ? `by ${signal}` : `with code ${code}`}: ${lastLine.slice(0, 500)}`,
          });
      });
    });
  }

  stop(job: TrainingJob): void {
    const child = this.#running.get(versionKey(job.datasetGroup, job.solution, job.versionId));
    if (child) void this.#terminate(child);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((child) => this.#terminate(child)));
  }

  #terminate(child: ChildProcess): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
      child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill("SIGTERM");
    });
  }
}
