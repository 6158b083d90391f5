/** `npm run bench`: how fast Palate is on this machine, beside yardsticks of the same run. */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { MOVIELENS, readArguments, type BenchArguments } from "./arguments.js";
import { measureData } from "./data-path.js";
import { measureFirstRecommendation } from "./first-recommendation.js";
import { measureFreshness } from "./freshness.js";
import { memoryOf } from "./memory.js";
import { printTable } from "./report.js";
import { measureServing } from "./serving.js";
import { openSetting, type Setting } from "./setting.js";
import { measureTraining } from "./training.js";
import { measureTrending, TRENDING_TITLE } from "./trending.js";
import { randomUsers } from "./users.js";

const SAMPLE = fileURLToPath(new URL("../../../infra/local/sample/online-retail", import.meta.url));
const USERS = 200;

/** Seconds from files to the first personal recommendation, for each data set that was given. */
async function firstRecommendations(setting: Setting, { movielens, trainingSeconds }: BenchArguments) {
  const figures: Record<string, unknown> = {};
  const rows: (string | number)[][] = [];
  for (const name of MOVIELENS) {
    const folder = movielens.get(name);
    if (!folder) {
      rows.push([name, "skipped: give its parent folder with --data", "", ""]);
      continue;
    }
    const [userId = ""] = randomUsers(folder, 1);
    const result = await measureFirstRecommendation(setting, name, folder, userId, trainingSeconds);
    figures[name] = result;
    rows.push([name, result.importedSeconds, result.firstSeconds, result.userId]);
  }
  printTable("From files to the first personal recommendation", ["data", "imported, s", "first, s", "user"], rows);
  return figures;
}

async function measure(setting: Setting, settings: BenchArguments) {
  const database = setting.supervisor.mongo;
  const machine = { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), node: process.version };
  const engine = { step: database.engine, version: database.version };
  console.log(
    `${machine.cores} cores, ${machine.cpu}, Node ${machine.node}; database: ${engine.step} ${engine.version}`,
  );

  const first = await firstRecommendations(setting, settings);

  const data = settings.movielens.get("movielens-1m");
  const [name, folder] = data ? ["movielens-1m", data] : ["online-retail", SAMPLE];
  const group = `bench-${name}`;
  const flow = await measureData(setting, group, folder);
  const { importRowsPerSecond, readRowsPerSecond } = flow;
  printTable(
    `Data in and out, ${name}`,
    ["rows", "import, rows/s", "Read, rows/s"],
    [[flow.rows, importRowsPerSecond, readRowsPerSecond]],
  );

  const training = await measureTraining(setting.client(group), settings.trainingSeconds);
  const trainingRows = training.map((row) => [row.recipe, row.seconds, row.wallSeconds, row.backend]);
  printTable(`Training, ${name}`, ["recipe", "training, s", "request to model, s", "backend"], trainingRows);

  const users = randomUsers(folder, USERS);
  const serving = await measureServing(setting, group, users, settings.seconds, settings.rounds);
  const servingRows = serving.map((row) => {
    const { campaign, door, connections, perSecond, p50, p95, p99, errors, barePerSecond, ratio } = row;
    return [campaign, door, connections, perSecond, p50, p95, p99, errors, barePerSecond, ratio];
  });
  const servingHead = [
    "campaign",
    "door",
    "connections",
    "answers/s",
    "p50 ms",
    "p95",
    "p99",
    "errors",
    "bare HTTP/s",
    "ratio",
  ];
  printTable(`25 items for one of ${users.length} users, ${name}`, servingHead, servingRows);

  const freshness = await measureFreshness(setting, group, users);
  printTable(
    "From an event's acknowledgement to the changed answer",
    ["events", "unseen", "background/s", "p50 ms", "p99 ms"],
    [[freshness.events, freshness.unseen, freshness.backgroundPerSecond, freshness.p50, freshness.p99]],
  );

  const trending = await measureTrending();
  const trendingRows = trending.map((row) => [row.what, row.coreShare, row.mostPerSecond, row.p50, row.p99]);
  printTable(TRENDING_TITLE, ["what", "share of a core", "most/s", "list p50 ms", "p99"], trendingRows);

  const memory = [...setting.supervisor.pids()].map(([process, pid]) => ({ process, ...memoryOf(pid) }));
  const memoryRows = memory.map((row) => [row.process, row.residentMib, row.peakMib]);
  printTable("Memory at the end", ["process", "resident, MiB", "peak, MiB"], memoryRows);

  return { machine, engine, data: name, first, flow, training, serving, freshness, trending, memory };
}

const settings = readArguments(process.argv.slice(2));
if (settings) {
  const setting = await openSetting([SAMPLE, ...settings.movielens.values()]);
  try {
    const figures = await measure(setting, settings);
    if (settings.json) await writeFile(settings.json, `${JSON.stringify(figures, null, 2)}\n`);
  } finally {
    await setting.close();
  }
}
