import { Supervisor } from "@palate/local";
import { createClient, unaryCall } from "@palate/host";
import { DatasetServiceClient } from "@palate/proto/dataset";
import { execFile } from "node:child_process";
import { mkdtemp, mkdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";

const run = promisify(execFile);
const PAGE = fileURLToPath(new URL("../../OPERATIONS.md", import.meta.url));
let folder: string;
let page: string;

/** The commands of OPERATIONS.md that are marked so. */
function commands(mark: string): string[] {
  const block = new RegExp(`<!-- check: ${mark} -->\\n+\`\`\`sh\\n([^]*?)\`\`\``).exec(page)?.[1];
  expect(block, mark).toBeDefined();
  return block!.trim().split("\n");
}

async function withPalate(work: (palate: Supervisor, datasets: DatasetServiceClient) => Promise<void>): Promise<void> {
  const dataFolder = path.join(folder, ".palate/data");
  const env = { ...process.env, PALATE_LOG_LEVEL: "warn" };
  const palate = await Supervisor.start({ dataFolder, services: ["datasets", "gateway"], ports: "free", env });
  const datasets = createClient(DatasetServiceClient, palate.address("datasets"));
  try {
    await work(palate, datasets);
  } finally {
    datasets.close();
    await palate.stop();
  }
}

beforeAll(async () => {
  page = await readFile(PAGE, "utf8");
  folder = await mkdtemp(path.join(tmpdir(), "palate-backup-"));
  await mkdir(path.join(folder, ".palate"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("what OPERATIONS.md backs up and restores is what was there", async () => {
  await withPalate(async (_, datasets) => {
    await unaryCall(datasets, datasets.createDatasetGroup, { name: "kept" });
  });
  for (const command of commands("backup")) await run("sh", ["-c", command], { cwd: folder });
  await withPalate(async (_, datasets) => {
    await unaryCall(datasets, datasets.createDatasetGroup, { name: "later" });
  });
  await rename(path.join(folder, ".palate/data"), path.join(folder, ".palate/damaged"));
  for (const command of commands("restore")) await run("sh", ["-c", command], { cwd: folder });
  await withPalate(async (palate, datasets) => {
    const { datasetGroups } = await unaryCall(datasets, datasets.listDatasetGroups, { pageSize: 0, pageToken: "" });
    expect(datasetGroups.map(({ name }) => name)).toEqual(["kept"]);
    for (const command of commands("health"))
      await run("sh", ["-c", command.replace("http://127.0.0.1:4000", palate.gatewayUrl)]);
  });
}, 300_000);
