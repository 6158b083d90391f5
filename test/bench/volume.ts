import { createClient, streamCall, unaryCall } from "@palate/host";
import { Supervisor } from "@palate/local";
import { DatasetServiceClient, DatasetType, ResourceStatus } from "@palate/proto/dataset";
import {
  CreateCampaignRequest,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  RecipeServiceClient,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import { cpuSecondsOf, memoryOf } from "./memory.js";

/** A made-up shop of a size. */
export interface Volume {
  readonly interactions: number;
  readonly users: number;
  readonly items: number;
}

/** Ten million interactions. */
export const VOLUME: Volume = { interactions: 10_000_000, users: 200_000, items: 50_000 };

/** What a large dataset costs on its way to the first answer. */
export interface VolumeFigures extends Volume {
  /** Megabytes of the CSV file. */
  readonly fileMb: number;
  /** Seconds from the request until the data were usable, the analysis included. */
  readonly importSeconds: number;
  /** Seconds that `Read` took to stream all of it. */
  readonly readSeconds: number;
  /** Peak memory of the datasets service after that. */
  readonly datasetsPeakMib: number;
  /** Seconds from the start of a recipe service's process to its first recommendation. */
  readonly coldSeconds: number;
  /** Processor seconds of both services in that time: what it would take on a machine that does nothing else, at most. */
  readonly coldCpuSeconds: number;
  /** Memory of that process once it had answered, and at its peak. */
  readonly recipeMib: number;
  readonly recipePeakMib: number;
}

const GROUP = "volume";
const NAME = "popular";
const SERVICE = "popularity";

/** Numbers from 0 to 1, the same for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Writes interactions of seeded chance: a few items and users have most of them, as in every shop. */
async function writeInteractions(file: string, { interactions, users, items }: Volume): Promise<void> {
  const random = seeded(1);
  const out = createWriteStream(file, { highWaterMark: 4 * 1024 * 1024 });
  let text = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n";
  for (let row = 0; row < interactions; row++) {
    // A power of an even number: its density falls as a power does, steeper for items.
    const user = Math.floor(users * random() ** 2);
    const item = Math.floor(items * random() ** 4);
    const time = 1_600_000_000 + Math.floor((row / interactions) * 31_536_000);
    text += `u${user},i${item},${time},${random() < 0.9 ? "view" : "buy"}\n`;
    if (text.length < 1024 * 1024) continue;
    if (!out.write(text)) await once(out, "drain");
    text = "";
  }
  out.end(text);
  await finished(out);
}

const SCHEMA = JSON.stringify({
  type: "record",
  name: "Interactions",
  fields: [
    { name: "USER_ID", type: "string" },
    { name: "ITEM_ID", type: "string" },
    { name: "TIMESTAMP", type: "long" },
    { name: "EVENT_TYPE", type: ["string", "null"] },
  ],
});

const secondsSince = (started: number): number => (performance.now() - started) / 1_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function importAll(client: DatasetServiceClient, location: string): Promise<number> {
  const datasetType = DatasetType.DATASET_TYPE_INTERACTIONS;
  await unaryCall(client, client.createDatasetGroup, { name: GROUP });
  await unaryCall(client, client.createSchema, { name: GROUP, schema: SCHEMA, datasetType });
  const dataset = { datasetGroup: GROUP, name: "interactions", datasetType, schemaName: GROUP };
  await unaryCall(client, client.createDataset, dataset);
  const started = performance.now();
  const job = { datasetGroup: GROUP, jobName: "all" };
  const rest = { datasetType, location, locations: [], importMode: 0, dryRun: false, mapping: undefined };
  await unaryCall(client, client.createDatasetImportJob, { ...job, ...rest });
  for (;;) {
    const { datasetImportJob } = await unaryCall(client, client.getDatasetImportJob, job);
    if (datasetImportJob!.status === ResourceStatus.RESOURCE_STATUS_ACTIVE) return secondsSince(started);
    if (datasetImportJob!.failureReason !== "") throw new Error(datasetImportJob!.failureReason);
    await pause(100);
  }
}

async function readAll(client: DatasetServiceClient): Promise<number> {
  const started = performance.now();
  const request = { datasetGroup: GROUP, fromCursor: "", follow: false };
  let rows = 0;
  for await (const message of streamCall(client, client.read, request)) rows += message.snapshotChunk?.rows ?? 0;
  if (rows === 0) throw new Error("Read streamed no rows");
  return secondsSince(started);
}

/** Trains the cheapest recipe, so that what is measured later is the data and not the model. */
async function train(address: string): Promise<void> {
  const client = createClient(RecipeServiceClient, address);
  const solution = { datasetGroup: GROUP, name: NAME, recipe: "aws-popularity-count" };
  await unaryCall(client, client.createSolution, CreateSolutionRequest.fromPartial(solution));
  const version = CreateSolutionVersionRequest.fromPartial({ datasetGroup: GROUP, solution: NAME });
  const { solutionVersion } = await unaryCall(client, client.createSolutionVersion, version);
  const watched = { datasetGroup: GROUP, solution: NAME, versionId: solutionVersion!.versionId };
  for await (const _ of streamCall(client, client.watchSolutionVersion, watched));
  const campaign = CreateCampaignRequest.fromPartial({ datasetGroup: GROUP, name: NAME, solution: NAME });
  await unaryCall(client, client.createCampaign, campaign);
  client.close();
}

/** Seconds until a service answers with items. */
async function firstAnswer(address: string, started: number): Promise<number> {
  const client = createClient(RecommendationServiceClient, address);
  const request = GetRecommendationsRequest.fromPartial({
    datasetGroup: GROUP,
    campaign: NAME,
    userId: "u1",
    numResults: 10,
  });
  for (;;) {
    const items = await unaryCall(client, client.getRecommendations, request, { deadlineMs: 1_000 }).then(
      (answer) => answer.itemIds.length,
      () => 0,
    );
    if (items > 0) break;
    await pause(50);
  }
  client.close();
  return secondsSince(started);
}

/** Takes a large dataset all the way: file, import, `Read`, a recipe service from cold. */
export async function measureVolume(volume: Volume): Promise<VolumeFigures> {
  const folder = await mkdtemp(path.join(tmpdir(), "palate-volume-"));
  const file = path.join(folder, "interactions.csv");
  await writeInteractions(file, volume);
  const supervisor = await Supervisor.start({
    dataFolder: path.join(folder, "data"),
    services: ["datasets", SERVICE],
    ports: "free",
    importFolders: [folder],
    env: { ...process.env, PALATE_LOG_LEVEL: "warn" },
  });
  const datasets = createClient(DatasetServiceClient, supervisor.address("datasets"));
  try {
    const { size } = await stat(file);
    const importSeconds = await importAll(datasets, file);
    const readSeconds = await readAll(datasets);
    const { peakMib } = memoryOf(supervisor.pids().get("datasets")!);
    await train(supervisor.address(SERVICE));
    await supervisor.stopOne(SERVICE);
    const started = performance.now();
    const cpuBefore = cpuSecondsOf(supervisor.pids().get("datasets")!);
    await supervisor.startOne(SERVICE);
    const coldSeconds = await firstAnswer(supervisor.address(SERVICE), started);
    const pids = supervisor.pids();
    const coldCpuSeconds = cpuSecondsOf(pids.get("datasets")!) - cpuBefore + cpuSecondsOf(pids.get(SERVICE)!);
    const recipe = memoryOf(pids.get(SERVICE)!);
    return {
      ...volume,
      fileMb: size / 1e6,
      importSeconds,
      readSeconds,
      datasetsPeakMib: peakMib,
      coldSeconds,
      coldCpuSeconds,
      recipeMib: recipe.residentMib,
      recipePeakMib: recipe.peakMib,
    };
  } finally {
    datasets.close();
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
