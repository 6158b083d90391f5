#!/usr/bin/env node
import { parseArgs } from "node:util";
import { MongoLauncherError } from "./errors.js";
import { ENGINE_STEPS, type EngineStep } from "./options.js";
import { startMongo } from "./start.js";

const HELP = `Starts a MongoDB engine for Palate and stays up until SIGTERM or Ctrl-C.

  --data <folder>     where the engine keeps its data (required unless --uri or MONGODB_URI is given)
  --port <number>     port on 127.0.0.1; default 0: a free one
  --uri <uri>         check and name a running server instead; default: MONGODB_URI
  --engines <list>    steps that may be taken, in order; default ${ENGINE_STEPS.join(",")}
  --cache <folder>    where built and downloaded engines are kept; default .cache in the repository
  --no-download       never download mongod
  --verbose           print what the engine and the build print
`;

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    port: { type: "string", default: "0" },
    uri: { type: "string" },
    engines: { type: "string" },
    cache: { type: "string" },
    "no-download": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  const uri = values.uri ?? process.env.MONGODB_URI;
  const engines = values.engines?.split(",");
  const unknown = engines?.filter((step) => !(ENGINE_STEPS as readonly string[]).includes(step)) ?? [];
  const port = Number(values.port);
  if (values.help || (values.data === undefined && !uri) || unknown.length > 0 || !Number.isInteger(port)) {
    if (unknown.length > 0) console.error(`Unknown engines: ${unknown.join(", ")}\n`);
    console.error(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const mongo = await startMongo({
    port,
    download: { enabled: !values["no-download"] },
    onProgress: (progress) => console.error(progress.message),
    ...(values.data !== undefined && { dataDir: values.data }),
    ...(uri !== undefined && { uri }),
    ...(engines && { engines: engines as EngineStep[] }),
    ...(values.cache !== undefined && { cacheDir: values.cache }),
    ...(values.verbose && { log: (line: string) => console.error(line) }),
  });
  console.error(`${mongo.engine}: ${mongo.capabilities?.summary}`);
  console.log(mongo.uri);
  mongo.onExit(({ code, signal }) => {
    console.error(`The engine ended by itself (${signal ?? `status ${code}`}).`);
    process.exit(1);
  });
  const alive = setInterval(() => {}, 60_000); // an external server holds no handle that keeps this process up
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      clearInterval(alive);
      void mongo.stop();
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof MongoLauncherError ? error.message : error);
  process.exitCode = 1;
});
