import path from "node:path";
import type { PalateClient, SolutionVersion } from "../client/palate-client.js";
import type { ConsoleReporter } from "../console-reporter.js";
import { progressView } from "./progress-view.js";
import { SAMPLE_FILES } from "./sample.js";

/** A solution of the demo, which has a campaign of the same name. */
interface DemoSolution {
  readonly name: string;
  readonly recipe: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
}

/** What the demo trains. The network is trained for a short time: its closed form is good at once, and gets better. */
const SOLUTIONS: readonly DemoSolution[] = [
  { name: "popular", recipe: "aws-popularity-count", hyperparameters: {} },
  { name: "similar", recipe: "aws-sims", hyperparameters: {} },
  { name: "for-you", recipe: "aws-user-personalization-v2", hyperparameters: { training_seconds: 45 } },
];

/** Imports the sample's files unless they are there, the interactions last. */
export async function importSample(client: PalateClient, reporter: ConsoleReporter): Promise<void> {
  await client.ensureDatasetGroup();
  for (const { datasetType, path: file, schema } of SAMPLE_FILES) {
    const jobName = `${datasetType.toLowerCase()}-sample`;
    if (await client.isImported(jobName)) continue;
    await client.ensureDataset(datasetType, schema);
    const started = Date.now();
    const job = await client.importFile(jobName, datasetType, await client.upload(file));
    const rows = job.rows.toLocaleString("en");
    reporter.line(
      `  ✓ ${path.basename(file).padEnd(21)} ${rows} rows, ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
  }
}

/** Trains each solution that has no model yet, all at the same time, and makes their campaigns. */
export async function trainSolutions(client: PalateClient, reporter: ConsoleReporter): Promise<void> {
  const untrained: DemoSolution[] = [];
  for (const solution of SOLUTIONS) {
    await client.ensureSolution(solution.name, solution.recipe, solution.hyperparameters);
    if ((await client.latestVersion(solution.name))?.status !== "ACTIVE") untrained.push(solution);
  }
  if (untrained.length > 0) {
    const names = untrained.map(({ name }) => name);
    const view = progressView(names, process.stderr, reporter.line);
    try {
      await Promise.all(
        names.map(async (name) => {
          const version = await trainOne(client, name, (state) => {
            const { fraction = 0, phase = "waiting", secondsLeft = null } = state.progress ?? {};
            view.update(name, { fraction, phase, secondsLeft: secondsLeft ?? undefined });
          });
          view.done(name, describe(version));
        }),
      );
    } finally {
      view.close();
    }
  }
  for (const { name } of SOLUTIONS) await client.ensureCampaign(name, name);
  for (const { name } of SOLUTIONS)
    await client.recommendOnceLoaded({ campaign: name, userId: "any", itemId: "any", first: 1 });
}

/** Waits for the training under way, if there is one, else starts one. */
async function trainOne(client: PalateClient, solution: string, onProgress: (version: SolutionVersion) => void) {
  const latest = await client.latestVersion(solution);
  const goesOn = latest !== undefined && ["CREATE PENDING", "CREATE IN_PROGRESS"].includes(latest.status);
  const { versionId } = goesOn ? latest : await client.createVersion(solution);
  return client.trained(solution, versionId, onProgress);
}

const NDCG = "normalized_discounted_cumulative_gain_at_10";

function describe(version: SolutionVersion): string {
  const ndcg = (metrics: SolutionVersion["metrics"]) => metrics.find(({ name }) => name === NDCG)?.value.toFixed(3);
  const seconds = `${version.trainingSeconds.toFixed(1)} s`;
  const [own, popularity] = [ndcg(version.metrics), ndcg(version.baselineMetrics)];
  return own === undefined ? seconds : `${seconds}, NDCG@10 ${own} on held-out purchases (popularity: ${popularity})`;
}
