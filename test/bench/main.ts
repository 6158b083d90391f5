/** `npm run bench`: how fast Palate is on this machine, beside yardsticks of the same run. */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { LIVE_PARTS, MOVIELENS, readArguments, type BenchArguments, type Part } from "./arguments.js";
import { COUNTING_SIZES, COUNTING_TITLE, measureCounting } from "./counting.js";
import { measureData } from "./data-path.js";
import { measureEncryption } from "./encryption.js";
import { EVENTS_TITLE, measureEvents } from "./events.js";
import { FILTERS_TITLE, measureFilters } from "./filters.js";
import { measureFirstRecommendation } from "./first-recommendation.js";
import { runKillRounds } from "../support/kill-rounds.js";
import { measureFreshness } from "./freshness.js";
import { LARGE, measureLearning, measureLearningSpeed } from "./learning.js";
import { memoryOf } from "./memory.js";
import { measureObserving } from "./observing.js";
import { printTable } from "./report.js";
import { measureScan, REQUESTS_PER_SECOND, SCAN_SIZES, type ScanFigures } from "./scan.js";
import { measureServing } from "./serving.js";
import { openSetting, type Setting } from "./setting.js";
import { measureSimilar, SIMILAR_SIZE } from "./similar.js";
import { measureTraining } from "./training.js";
import { measureTrending, TRENDING_TITLE } from "./trending.js";
import { randomUsers } from "./users.js";
import { measureVolume, VOLUME } from "./volume.js";

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

/** What needs Palate to run, part by part. */
async function measureLive(settings: BenchArguments) {
  const wants = (part: Part): boolean => settings.parts.has(part);
  const figures: Record<string, unknown> = {};
  const setting = await openSetting([SAMPLE, ...settings.movielens.values()]);
  try {
    const database = setting.supervisor.mongo;
    figures["engine"] = { step: database.engine, version: database.version };
    console.log(`database: ${database.engine} ${database.version}`);

    if (wants("first")) figures["first"] = await firstRecommendations(setting, settings);

    const data = settings.movielens.get("movielens-1m");
    const [name, folder] = data ? ["movielens-1m", data] : ["online-retail", SAMPLE];
    const group = `bench-${name}`;
    const flow = await measureData(setting, group, folder);
    figures["data"] = name;
    figures["flow"] = flow;
    printTable(
      `Data in and out, ${name}`,
      ["rows", "import, rows/s", "Read, rows/s"],
      [[flow.rows, flow.importRowsPerSecond, flow.readRowsPerSecond]],
    );

    if (wants("training") || wants("serving") || wants("freshness")) {
      const training = await measureTraining(setting.client(group), settings.trainingSeconds);
      figures["training"] = training;
      const rows = training.map((row) => [row.recipe, row.seconds, row.wallSeconds, row.backend]);
      printTable(`Training, ${name}`, ["recipe", "training, s", "request to model, s", "backend"], rows);
    }

    const users = randomUsers(folder, USERS);
    if (wants("serving")) {
      const serving = await measureServing(setting, group, users, settings.seconds, settings.rounds);
      figures["serving"] = serving;
      const rows = serving.map((row) => {
        const { campaign, door, connections, perSecond, p50, p95, p99, errors, barePerSecond, ratio } = row;
        return [campaign, door, connections, perSecond, p50, p95, p99, errors, barePerSecond, ratio];
      });
      const head = [
        ...["campaign", "door", "connections", "answers/s", "p50 ms", "p95", "p99", "errors", "bare HTTP/s", "ratio"],
      ];
      printTable(`25 items for one of ${users.length} users, ${name}`, head, rows);
    }

    if (wants("freshness")) {
      const freshness = await measureFreshness(setting, group, users);
      figures["freshness"] = freshness;
      printTable(
        "From an event's acknowledgement to the changed answer",
        ["by", "events", "unseen", "background/s", "p50 ms", "p99 ms"],
        freshness.map((row) => [row.by, row.events, row.unseen, row.backgroundPerSecond, row.p50, row.p99]),
      );
    }

    if (wants("memory")) {
      const memory = [...setting.supervisor.pids()].map(([process, pid]) => ({ process, ...memoryOf(pid) }));
      figures["memory"] = memory;
      const rows = memory.map((row) => [row.process, row.residentMib, row.peakMib]);
      printTable("Memory at the end", ["process", "resident, MiB", "peak, MiB"], rows);
    }
  } finally {
    await setting.close();
  }
  return figures;
}

/** Trending items. */
async function trendingPart() {
  const trending = await measureTrending();
  const rows = trending.map((row) => [row.what, row.coreShare, row.mostPerSecond, row.p50, row.p99]);
  printTable(TRENDING_TITLE, ["what", "share of a core", "most/s", "list p50 ms", "p99"], rows);
  return { trending };
}

/** Items similar to one. */
async function similarPart() {
  const similar = await measureSimilar();
  printTable(
    `Items similar to one of ${SIMILAR_SIZE.items}, in the service`,
    ["recipe", "training, s", "load, s", "p50 ms", "p99", "CPU p50 ms", "p99"],
    similar.map((row) => [
      ...[row.recipe, row.trainingSeconds, row.loadSeconds, row.p50, row.p99, row.cpuP50, row.cpuP99],
    ]),
  );
  return { similar };
}

/** Filters. */
function filtersPart() {
  const filters = measureFilters();
  printTable(
    FILTERS_TITLE,
    ["what", "p50 ms", "p95", "p99"],
    filters.map(({ what, p50, p95, p99 }) => [what, p50, p95, p99]),
  );
  return { filters };
}

/** What observing costs. */
async function observingPart(settings: BenchArguments) {
  const observing = await measureObserving(settings.rounds);
  printTable(
    "A recommendation of 25 items by GraphQL, observed: gateway and a service that answers at once",
    ["observed", "CPU, µs", "requests/s, share"],
    observing.map(({ observation, cpuMicros, ratio }) => [observation, cpuMicros, ratio]),
  );
  return { observing };
}

/** Counting models beside DuckDB. */
async function countingPart() {
  const counting = await measureCounting(COUNTING_SIZES);
  const rows = counting.map(({ what, interactions, palate, sql, timesFaster, same }) => [
    ...[what, interactions, palate.seconds, palate.cpuSeconds, palate.extraMib],
    ...[sql.seconds, sql.cpuSeconds, sql.extraMib, timesFaster, same],
  ]);
  const head = [
    ...["recipe", "interactions", "Palate, s", "CPU s", "extra MiB"],
    ...["DuckDB, s", "CPU s", "extra MiB", "times faster", "same"],
  ];
  printTable(COUNTING_TITLE, head, rows);
  return { counting };
}

/** Streamed events. */
async function eventsPart(settings: BenchArguments) {
  const events = await measureEvents(2 * settings.seconds);
  printTable(
    EVENTS_TITLE,
    ["what", "events/s", "p50 ms", "p99", "acknowledged", "lost", "cores: client", "service", "database", "peak, MiB"],
    events.map((row) => [
      ...[row.what, row.perSecond, row.p50, row.p99, row.acknowledged, row.lost],
      ...[row.clientCores, row.serviceCores, row.databaseCores, row.peakMib],
    ]),
  );
  return { events };
}

/** Processes killed while events stream. */
async function killsPart(settings: BenchArguments) {
  const progress = (round: number, events: number) => {
    if (round % 10 === 0) console.log(`${round} kills, ${events} events acknowledged`);
  };
  const kills = await runKillRounds(settings.kills, 1, progress);
  const { rounds, killed, breaks, acknowledged, lost, twice } = kills;
  printTable(
    "Processes killed (SIGKILL) while events stream",
    ["rounds", "datasets", "database", "streams broken", "acknowledged", "lost", "twice"],
    [[rounds, killed["datasets"] ?? 0, killed["mongodb"] ?? 0, breaks, acknowledged, lost, twice]],
  );
  return { kills };
}

/** The scan of the catalogue. */
async function scanPart() {
  const scans: ScanFigures[] = [];
  for (const size of SCAN_SIZES) scans.push(...(await measureScan(size)));
  const rows = scans.map(({ items, way, ridge, service, cpu, waited, mostPerSecond }) => [
    ...[items, way, ridge, service.p50, service.p99, cpu.p50, cpu.p99, waited.p99, mostPerSecond],
  ]);
  const head = [
    ...["items", "scored", "ridge", "p50 ms", "p99", "CPU p50 ms", "p99", `p99 with waiting, ${REQUESTS_PER_SECOND}/s`],
    "most/s on a core",
  ];
  printTable("25 items in the service, an event before every fifth request, made-up data", head, rows);
  return { scan: scans };
}

/** How fast networks learn, and a large training. */
async function learningPart(settings: BenchArguments) {
  // Steps are alike: a longer training tells no more of their speed.
  const speeds = await measureLearningSpeed(Math.min(20, settings.trainingSeconds));
  printTable(
    "Interactions learned per second",
    ["backend", "items", "by the clock", "per CPU second", "reference, by the clock"],
    speeds.map((row) => [row.backend, row.items, row.perSecond, row.perCpuSecond, row.reference ?? ""]),
  );
  const size = { ...LARGE, interactions: settings.volume };
  const learning = await measureLearning(size, settings.trainingSeconds);
  const { first, blended, best, seconds, cpuSeconds, dataMib, peakMib } = learning;
  printTable(
    `Training on ${size.interactions} interactions of ${size.users} users with ${size.items} items, made up, until a model could be served`,
    ["model", "s", "CPU, s", "NDCG@10"],
    [
      ["first: closed form", first.seconds, first.cpuSeconds, first.ndcg10],
      blended ? ["first with network", blended.seconds, blended.cpuSeconds, blended.ndcg10] : ["none with network"],
      ["best", best.seconds, best.cpuSeconds, best.ndcg10],
    ],
  );
  printTable("All of it", ["s", "CPU, s", "data, MiB", "peak, MiB"], [[seconds, cpuSeconds, dataMib, peakMib]]);
  return { learningSpeed: speeds, learning: { ...size, ...learning } };
}

/** Large data. */
async function volumePart(settings: BenchArguments) {
  const volume = await measureVolume({ ...VOLUME, interactions: settings.volume });
  const { interactions, fileMb, importSeconds, readSeconds, datasetsPeakMib, coldSeconds, coldCpuSeconds } = volume;
  const head = [
    ...["interactions", "file, MB", "import, s", "Read, s", "datasets peak, MiB"],
    ...["cold to first answer, s", "its CPU, s", "recipe service, MiB", "its peak, MiB"],
  ];
  const { recipeMib, recipePeakMib } = volume;
  printTable(`${VOLUME.users} users, ${VOLUME.items} items, made up`, head, [
    [
      interactions,
      fileMb,
      importSeconds,
      readSeconds,
      datasetsPeakMib,
      coldSeconds,
      coldCpuSeconds,
      recipeMib,
      recipePeakMib,
    ],
  ]);
  return { volume };
}

/** Encryption at rest. */
async function encryptionPart(settings: BenchArguments) {
  const encryption = await measureEncryption(settings.rounds);
  printTable(
    "Encrypted and not, in turn, in this process",
    ["what", "plain, s", "encrypted, s", "ratio", "plain, CPU s", "encrypted, CPU s", "ratio"],
    encryption.map((row) => [
      ...[row.what, row.plainSeconds, row.encryptedSeconds, row.ratio],
      ...[row.plainCpuSeconds, row.encryptedCpuSeconds, row.cpuRatio],
    ]),
  );
  return { encryption };
}

/** What is measured without a running Palate, in this order; each prints a table and gives its figures. */
const ALONE: readonly (readonly [Part, (settings: BenchArguments) => object | Promise<object>])[] = [
  ["trending", trendingPart],
  ["similar", similarPart],
  ["filters", filtersPart],
  ["observing", observingPart],
  ["counting", countingPart],
  ["events", eventsPart],
  ["kills", killsPart],
  ["scan", scanPart],
  ["learning", learningPart],
  ["volume", volumePart],
  ["encryption", encryptionPart],
];

async function measure(settings: BenchArguments) {
  const machine = { cpu: cpus()[0]?.model ?? "", cores: availableParallelism(), node: process.version };
  console.log(`${machine.cores} cores, ${machine.cpu}, Node ${machine.node}`);
  const figures: Record<string, unknown> = { machine };
  if (LIVE_PARTS.some((part) => settings.parts.has(part))) Object.assign(figures, await measureLive(settings));
  for (const [part, run] of ALONE) if (settings.parts.has(part)) Object.assign(figures, await run(settings));
  return figures;
}

const settings = readArguments(process.argv.slice(2));
if (settings) {
  const figures = await measure(settings);
  if (settings.json) await writeFile(settings.json, `${JSON.stringify(figures, null, 2)}\n`);
}
