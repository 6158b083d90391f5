import { fork, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";

/** Milliseconds after which a process that is still at the same case is taken to hang. */
const HANGS_AFTER_MS = 120_000;

/** Milliseconds between two looks at the processes. */
const LOOK_MS = 2_000;

/** What a process answers: figures, or the first failure. */
type Answer<Figures> = { readonly figures: Figures } | { readonly message: string; readonly seed?: number };

/** A program that tries the cases of some seeds in a process of its own; see `workAsProcess`. */
export interface CaseProgram {
  /** Its module. */
  readonly module: URL;
  /** What a case is, for messages: "file". */
  readonly what: string;
  /** Cases that are worth a process. */
  readonly worthwhile: number;
}

/**
 * Tries one case for each seed in processes, on all cores.
 * @returns the figures of each process; none where there are too few cases to be worth one
 * @throws Error with the `seed` of a case that fails, or that ends or blocks its process
 */
export async function inProcesses<Figures>(program: CaseProgram, seed: number, rounds: number): Promise<Figures[]> {
  const processes = Math.min(availableParallelism(), Math.floor(rounds / program.worthwhile));
  if (processes < 1) return [];
  const folder = await mkdtemp(path.join(tmpdir(), "palate-fuzz-"));
  try {
    const bounds = Array.from({ length: processes + 1 }, (_, at) => seed + Math.floor((rounds * at) / processes));
    const answers = await Promise.all(
      bounds.slice(1).map((end, at) => {
        const watched = path.join(folder, String(at));
        return inProcess<Figures>(program, bounds[at]!, end - bounds[at]!, watched);
      }),
    );
    return answers.map((answer) => {
      if ("message" in answer) throw Object.assign(new Error(answer.message), { seed: answer.seed });
      return answer.figures;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inProcess<Figures>(
  { module, what }: CaseProgram,
  seed: number,
  rounds: number,
  watched: string,
): Promise<Answer<Figures>> {
  const child = fork(module, [String(seed), String(rounds), watched]);
  const watch = new Watch(child, watched);
  try {
    return await new Promise<Answer<Figures>>((resolve, reject) => {
      child.once("message", (answer) => resolve(answer as Answer<Figures>));
      child.once("error", reject);
      child.once("exit", (code, signal) => {
        const end = async () => {
          const at = (await watch.seed()) ?? seed;
          const why = watch.hangs
            ? `is not done after ${HANGS_AFTER_MS / 1000} s`
            : `ends the process (${signal ?? code})`;
          resolve({ message: `Seed ${at}: the ${what} ${why}`, seed: at });
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
