import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { EventLoad, EventLoadResult } from "./event-load.js";
import type { GrpcLoad } from "./grpc-load.js";
import type { LoadResult } from "./http-load.js";

const programOf = (name: string) => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Puts a load on a recipe service from a process of its own. */
export function loadGrpc(load: GrpcLoad): Promise<LoadResult> {
  return run("grpc-load", load);
}

/** Streams events to the datasets service from a process of its own. */
export function loadEvents(load: EventLoad): Promise<EventLoadResult> {
  return run("event-load", load);
}

/** Runs a program that gets its task as a message and answers with its result. */
async function run<Task extends object, Result>(program: string, task: Task): Promise<Result> {
  const child = fork(programOf(program));
  child.send(task);
  const [result] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`The program ${program} ended with code ${code}.`);
    }),
  ])) as [Result];
  return result;
}

/** A bare HTTP server in a process of its own. */
export interface BareServer {
  /** Where answer number `index` is served. */
  url(index: number): string;
  /** Ends it. */
  stop(): void;
}

/** Starts the yardstick that answers with the content of these files. */
export async function startBareServer(files: readonly string[]): Promise<BareServer> {
  const child = fork(programOf("bare-server"), files, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  const port = Number(line.toString().trim());
  return { url: (index) => `http://127.0.0.1:${port}/${index}`, stop: () => child.kill() };
}
