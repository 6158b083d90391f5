import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { noFigures, runCases, type DialectFigures } from "./run-cases.js";

/** Files that are worth a process of their own. */
const WORTHWHILE_FILES = 300;

/** Milliseconds after which a process that is still at the same file is taken to hang. */
const HANGS_AFTER_MS = 120_000;

/** Milliseconds between two looks at the processes. */
const LOOK_MS = 2_000;

type Answer = { readonly figures: DialectFigures } | { readonly message: string; readonly seed?: number };

/**
 * Imports a random file for each seed, on all cores where they are many: what one holds comes back as it is, or the file is
 * refused in words that lead to what is wrong with it.
 * @throws Error with the `seed` of a file of which that does not hold, or that ends or blocks the process
 */
export async function fuzzImportDialects(seed: number, rounds: number): Promise<DialectFigures> {
  const processes = Math.min(availableParallelism(), Math.floor(rounds / WORTHWHILE_FILES));
  if (processes < 1) return runCases(seed, rounds);
  const folder = await mkdtemp(path.join(tmpdir(), "palate-dialects-"));
  try {
    const bounds = Array.from({ length: processes + 1 }, (_, at) => seed + Math.floor((rounds * at) / processes));
    const answers = await Promise.all(
      bounds.slice(1).map((end, at) => inProcess(bounds[at]!, end - bounds[at]!, path.join(folder, String(at)))),
    );
    const total = noFigures();
    for (const answer of answers) {
      if ("message" in answer) throw Object.assign(new Error(answer.message), { seed: answer.seed });
      for (const name of Object.keys(total) as (keyof DialectFigures)[]) total[name] += answer.figures[name];
    }
    return total;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inProcess(seed: number, rounds: number, watched: string): Promise<Answer> {
  const child = fork(new URL("./worker.js", import.meta.url), [String(seed), String(rounds), watched]);
  const watch = new Watch(child, watched);
  try {
    return await new Promise<Answer>((resolve, reject) => {
      child.once("message", (answer) => resolve(answer as Answer));
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        const end = async () => {
          const at = (await watch.seed()) ?? seed;
          const why = watch.hangs
            ? `is not done after ${HANGS_AFTER_MS / 1000} s`
            : `ends the process (${signal ?? code})`;
          resolve({ message: `Seed ${at}: the file ${why}`, seed: at });
        };
        // The answer of a process that ended by itself comes first.
        setImmediate(() => void end());
      });
    });
  } finally {
    watch.end();
    child.kill();
  }
}

/** Looks whether a process gets on. */
class Watch {
  /** Whether it was ended because it did not. */
  hangs = false;
  readonly #file: string;
  readonly #timer: NodeJS.Timeout;
  #seen: number | undefined;
  #since = performance.now();

  constructor(child: ChildProcess, file: string) {
    this.#file = file;
    this.#timer = setInterval(() => void this.#look(child), LOOK_MS);
  }

  /** The seed that the process is at. */
  async seed(): Promise<number | undefined> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    return text.trim() === "" ? undefined : Number(text);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #look(child: ChildProcess): Promise<void> {
    const seed = await this.seed();
    if (seed !== this.#seen) {
      this.#seen = seed;
      this.#since = performance.now();
    } else if (performance.now() - this.#since > HANGS_AFTER_MS) {
      this.hangs = true;
      child.kill("SIGKILL");
    }
  }
}
