import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { demo } from "./demo/demo.js";
import { dev } from "./dev.js";
import type { SupervisorOptions } from "./supervisor.js";
import { up } from "./up.js";

const HELP = `usage: npm start -- [options]      Palate with a data folder that lasts
       npm run dev -- [options]    the same, restarting what was rebuilt
       npm run demo -- [options]   Palate with a sample, trained and asked

  --data <folder>            where everything lasting goes; default .palate/data, for the demo .palate/demo
  --port <number>            the gateway's port; default 4000
  --host <host>              host the gateway listens on; default 127.0.0.1, 0.0.0.0 opens it to the network
  --import-folder <folder>   folder from which imports by path are allowed; may be repeated
  --no-metrics               serve no metrics; else each service has them on a port of its own, 300 above the one it serves on
  --log-mb <number>          a log is set aside when it has grown beyond so many MiB; default 10
  --log-files <number>       logs of each process that are kept when they are set aside; default 4
  --once                     demo only: stop after the answers instead of staying up
`;

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    port: { type: "string", default: "4000" },
    host: { type: "string", default: "127.0.0.1" },
    "import-folder": { type: "string", multiple: true, default: [] },
    "no-metrics": { type: "boolean", default: false },
    "log-mb": { type: "string", default: "10" },
    "log-files": { type: "string", default: "4" },
    once: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const command = positionals[0] ?? "up";
const port = Number(values.port);
const rotation = { maxBytes: Number(values["log-mb"]) * 1024 * 1024, kept: Number(values["log-files"]) };
const isUsable =
  ["up", "dev", "demo"].includes(command) &&
  isWithin(port, 0, 65_535) &&
  rotation.maxBytes > 0 &&
  isWithin(rotation.kept, 0, 1_000);

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

async function main(): Promise<void> {
  if (values.help || !isUsable) {
    console.error(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const settings = path.join(repository, ".env");
  if (existsSync(settings)) process.loadEnvFile(settings);
  const folder = values.data ?? path.join(repository, ".palate", command === "demo" ? "demo" : "data");
  const uri = process.env.MONGODB_URI;
  const options: SupervisorOptions = {
    dataFolder: folder,
    gatewayPort: port,
    gatewayHost: values.host,
    importFolders: values["import-folder"],
    metrics: !values["no-metrics"],
    logRotation: rotation,
    mongo: uri ? { uri } : {},
  };
  if (command === "demo") await demo(options, values.once);
  else if (command === "dev") await dev(options);
  else await up(options);
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : error}`);
    process.exit(1);
  },
);
