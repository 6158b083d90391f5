import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { readDescriptorSet } from "@palate/proto/descriptors";

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** A language that clients of the gRPC services are written in, besides our own. */
export type ClientLanguage = "go" | "python";

/** What must be there to run programs of a language. */
const NEEDED: Readonly<Record<ClientLanguage, { command: string; args: string[]; name: string }>> = {
  go: { command: "go", args: ["version"], name: "Go" },
  python: { command: "python3", args: ["-c", "import venv, ensurepip"], name: "Python 3 with venv" },
};

/** What installers write when they cannot reach their registry. */
const OFFLINE = /dial tcp|no such host|i\/o timeout|Failed to establish a new connection|Network is unreachable/;

/** Ends the test as skipped, for a reason. */
type Skip = (reason: string) => never;

/**
 * A folder in which a user's client programs are installed and run as the README says. It stays from run to run, under
 * .cache, so that only the first one downloads and compiles.
 */
export class ClientFolder {
  /** Where it is. */
  readonly path: string;
  readonly #language: ClientLanguage;

  private constructor(folder: string, language: ClientLanguage) {
    this.path = folder;
    this.#language = language;
  }

  /**
   * Makes the folder ready, with a copy of the contracts in it.
   * @param name of the folder, one for each test file: two must not install into the same at the same time
   * @param skip ends the test when this machine lacks what the language needs
   */
  static async open(name: string, language: ClientLanguage, skip: Skip): Promise<ClientFolder> {
    const needed = NEEDED[language];
    await run(needed.command, needed.args).catch(() => skip(`needs ${needed.name}, which is not on this machine`));
    const folder = path.join(REPOSITORY, ".cache/grpc-clients", name, language);
    await mkdir(folder, { recursive: true });
    await rm(path.join(folder, "proto"), { recursive: true, force: true });
    for (const part of ["palate", "grpc", "buf.gen.go.yaml"])
      await cp(path.join(REPOSITORY, "proto", part), path.join(folder, "proto", part), { recursive: true });
    return new ClientFolder(folder, language);
  }

  /** Runs a script that only installs and generates, unless it has been run here since it or the contracts changed. */
  async shellOnce(script: string, skip: Skip): Promise<void> {
    const state = createHash("sha256").update(script).update(readDescriptorSet()).digest("hex");
    const done = path.join(this.path, "done", state);
    if (existsSync(done)) return;
    await this.shell(script, skip);
    await mkdir(path.dirname(done), { recursive: true });
    await writeFile(done, script);
  }

  /** Runs a script of the shell up to its first command that fails, and returns what it wrote to standard output. */
  async shell(script: string, skip: Skip): Promise<string> {
    try {
      return await this.run("sh", ["-ec", script]);
    } catch (thrown) {
      const output = String((thrown as { stderr?: string }).stderr);
      if (OFFLINE.test(output))
        skip(`what ${NEEDED[this.#language].name} needs cannot be downloaded: ${output.trim()}`);
      throw thrown;
    }
  }

  /** Runs a program in the folder and returns what it wrote to standard output. */
  async run(command: string, args: readonly string[], cwd = this.path): Promise<string> {
    const bin = path.join(this.path, "bin");
    const found = [bin, path.join(REPOSITORY, "node_modules/.bin"), process.env["PATH"]].join(path.delimiter);
    const env = { ...process.env, PATH: found, GOBIN: bin, GOWORK: "off" };
    return (await run(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
  }
}
