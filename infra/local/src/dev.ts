import { SERVICES } from "@palate/host/services";
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compiledFolders } from "./services.js";
import type { SupervisorOptions } from "./supervisor.js";
import { session, type Session } from "./up.js";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
/** A compilation writes many files; services restart once it has been quiet for this long. */
const SETTLED_MS = 300;

/** Palate with the compiler watching: a service whose compiled files change is restarted. */
export function dev(options: SupervisorOptions): Promise<void> {
  return session(options, async (current) => {
    const compiler = path.join(REPOSITORY, "node_modules/@typescript/native/bin/tsc");
    const child = spawn(process.execPath, [compiler, "-b", "--watch", "--preserveWatchOutput"], {
      cwd: REPOSITORY,
      stdio: ["ignore", "inherit", "inherit"],
      detached: true,
    });
    // The compiler is a program that this one starts in turn: only the whole group is sure to end.
    process.on("exit", () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid);
    });
    restartOnChange(current);
    current.reporter.line(
      `\nPalate is up at ${current.supervisor.gatewayUrl}/ and follows your changes. Ctrl-C stops it.`,
    );
    await new Promise((_, reject) => child.once("error", reject));
  });
}

function restartOnChange({ supervisor, reporter }: Session): void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let restarting = Promise.resolve();
  const restart = async () => {
    const names = SERVICES.map(({ name }) => name).filter((name) => changed.delete(name));
    reporter.line(`restarting ${names.join(", ")}`);
    for (const name of names) {
      await supervisor.stopOne(name);
      await supervisor.startOne(name).catch((error: Error) => reporter.line(error.message));
    }
  };
  const onChange = (names: readonly string[]) => {
    for (const name of names) changed.add(name);
    clearTimeout(timer);
    timer = setTimeout(() => {
      restarting = restarting.then(restart);
    }, SETTLED_MS);
  };
  for (const [folder, names] of compiledFolders()) watchCompiled(folder, () => onChange(names));
}

function watchCompiled(folder: string, onChange: () => void): void {
  watch(folder, { recursive: true }, (_, file) => {
    if (file?.toString().endsWith(".js")) onChange();
  });
}
