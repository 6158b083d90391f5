import { ExitCode } from "./errors/exit-code.js";
import { runIn } from "./session/run.js";
import { runProgram } from "./program.js";

const stop = new AbortController();
let code: ExitCode = ExitCode.OK;

/** Ends once everything written has gone out. */
function leave(): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}

// The first Ctrl-C lets the command put things in order; the second does not wait for it.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(ExitCode.INTERRUPTED);
    stop.abort();
  });
}
// Whoever reads may have read enough: "palate … | head".
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? code : 1));

const { stdin, stdout, stderr, env } = process;
const run = runIn({
  ...{ stdin, stdout, stderr, signal: stop.signal },
  plain: (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb",
  exit: (failed) => {
    code = failed;
  },
});

runProgram(process.argv, run).then(
  (usageCode) => {
    code = usageCode ?? code;
    leave();
  },
  (error: unknown) => {
    process.stderr.write(`palate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    code = ExitCode.FAILED;
    leave();
  },
);
