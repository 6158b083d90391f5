import pc from "picocolors";
import { Gateway } from "../api/gateway.js";
import { ExitCode } from "../errors/exit-code.js";
import { interrupted, toFailure, type Failure } from "../errors/failure.js";
import { Output, type Colors } from "../output/output.js";
import type { Run } from "./session.js";

/** What a process gives its commands. */
export interface Environment {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Whether the user wants no colours, whatever the stream (NO_COLOR). */
  readonly plain: boolean;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Told the exit code of what was run. */
  readonly exit: (code: ExitCode) => void;
}

/** Makes the function that does commands' work with the streams of a process. */
export function runIn({ stdin, stdout, stderr, plain, signal, exit }: Environment): Run {
  return async (options, work) => {
    const out = new Output({
      ...{ stdout, stderr, json: options.json ?? false },
      colors: colorsFor(stdout, plain),
      noteColors: colorsFor(stderr, plain),
    });
    const api = new Gateway({ url: options.url, key: options.key, timeoutMs: options.timeout * 1000, signal });
    try {
      await work({ api, out, signal, stdin });
    } catch (thrown) {
      const failure = signal.aborted && !isInterruption(thrown) ? interrupted() : toFailure(thrown);
      tell(failure, out);
      exit(failure.exitCode);
    }
  };
}

function colorsFor(stream: NodeJS.WriteStream, plain: boolean): Colors {
  // Not undefined, for which colours depend on the environment: a pipe is no terminal in CI either.
  return pc.createColors(stream.isTTY === true && !plain);
}

function isInterruption(thrown: unknown): boolean {
  return toFailure(thrown).exitCode === ExitCode.INTERRUPTED;
}

/** Tells a failure: in words on standard error, and to programs as the document on standard output. */
function tell({ code, message, problems, hint }: Failure, out: Output): void {
  if (out.json) return out.record({ error: { code, message, problems, hint: hint ?? null } }, () => "");
  const { red, bold, dim } = out.noteColors;
  const lines = [`${red("palate:")} ${message}`];
  for (const problem of problems) {
    const place = problem.field === null ? "" : `${bold(problem.field)}: `;
    if (problems.length > 1 || problem.message !== message) lines.push(`  ${place}${problem.message}`);
    else lines[0] = `${red("palate:")} ${place}${message}`;
  }
  if (hint !== undefined) lines.push(dim(hint));
  out.stderr.write(`${lines.join("\n")}\n`);
}
