import { spawn } from "node:child_process";
import type { Ending, Instance } from "./instance.js";
import type { LogFile } from "./log-file.js";
import { until } from "./readiness.js";

/** A Node program to run as a child process. */
export interface NodeProgram {
  /** The file to run. */
  readonly main: string;
  /** Its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its output goes. */
  readonly log: LogFile;
  /** Whether it is usable now. */
  readonly check: () => Promise<boolean>;
  /** Whether it answers at all. */
  readonly responds: () => Promise<boolean>;
  /** Milliseconds from SIGTERM until it is killed. */
  readonly graceMs: number;
}

/**
 * Starts a Node program. It has a session of its own, so that Ctrl-C reaches only the supervisor, which then stops
 * everything in order; and an IPC channel, whose loss tells it that the supervisor is gone and that it must end too.
 */
export function launchNode(program: NodeProgram): Instance {
  const child = spawn(process.execPath, ["--enable-source-maps", program.main], {
    env: { ...program.env, PALATE_EXIT_WITH_PARENT: "1" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  if (child.stdout) program.log.collect(child.stdout);
  if (child.stderr) program.log.collect(child.stderr);
  const ended = new Promise<Ending>((resolve) => {
    child.once("error", (error) => resolve({ how: error.message, lastWords: [] }));
    child.once("close", (code, signal) =>
      resolve({ how: signal ? `signal ${signal}` : `exit code ${code}`, lastWords: program.log.tail }),
    );
  });
  return {
    pid: child.pid,
    ready: (signal) => until(program.check, signal),
    ended,
    responds: program.responds,
    kill: () => void child.kill("SIGKILL"),
    async stop() {
      child.kill("SIGTERM");
      const kill = setTimeout(() => child.kill("SIGKILL"), program.graceMs);
      await ended;
      clearTimeout(kill);
    },
  };
}
