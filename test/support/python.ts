import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Oldest Python that the packages are there for. */
const OLDEST = [3, 11] as const;

/** A Python with packages, or why there is none. */
export type PythonEnvironment = { readonly python: string } | { readonly missing: string };

/**
 * Makes a virtual environment with the packages of a requirements file, as far as this machine has Python and reaches a
 * package index.
 * PALATE_TEST_PYTHON may name one that has them already.
 * @param folder where it is made; the caller's to delete
 */
export async function pythonEnvironment(folder: string, requirements: string): Promise<PythonEnvironment> {
  const given = process.env.PALATE_TEST_PYTHON;
  if (given) return { python: given };
  const wanted = `Python ${OLDEST.join(".")} or newer with venv, and a package index that pip reaches, are needed`;
  try {
    const { stdout } = await run("python3", ["-c", "import sys; print(*sys.version_info[:2])"]);
    const [major = 0, minor = 0] = stdout.split(" ").map(Number);
    if (major !== OLDEST[0] || minor < OLDEST[1]) return { missing: `${wanted}; python3 is ${major}.${minor}` };
    await run("python3", ["-m", "venv", folder]);
    const python = join(folder, "bin", "python");
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-compile", "--only-binary", ":all:"];
    await run(python, ["-m", "pip", "install", ...quiet, "--retries", "1", "--timeout", "10", "-r", requirements]);
    return { python };
  } catch (thrown) {
    const lines = String((thrown as { stderr?: string }).stderr ?? (thrown as Error).message)
      .trimEnd()
      .split("\n");
    return { missing: `${wanted}: ${lines.at(-1)?.slice(0, 200)}` };
  }
}
