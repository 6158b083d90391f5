import { setTimeout as sleep } from "node:timers/promises";
import { RequestFailure, type PalateClient } from "@palate/local";
import { importFolder, type Setting } from "./setting.js";

const SOLUTION = "first";

/** How long a tenant waits from files to personal recommendations, with all services up. */
export interface FirstRecommendationFigures {
  /** Seconds until the data were imported. */
  readonly importedSeconds: number;
  /** Seconds until one user got a list of their own. */
  readonly firstSeconds: number;
  /** The user asked for. */
  readonly userId: string;
}

/**
 * Starts at files and ends at the first personal answer of `aws-user-personalization-v2`: one that rests on the user's
 * interactions and differs from what an unknown user gets.
 */
export async function measureFirstRecommendation(
  setting: Setting,
  datasetGroup: string,
  folder: string,
  userId: string,
  trainingSeconds: number,
): Promise<FirstRecommendationFigures> {
  const client = setting.client(datasetGroup);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1_000;
  await importFolder(client, folder);
  const importedSeconds = elapsed();
  await client.ensureSolution(SOLUTION, "aws-user-personalization-v2", { training_seconds: trainingSeconds });
  const { versionId } = await client.createVersion(SOLUTION);
  await client.ensureCampaign(SOLUTION, SOLUTION);
  while (!(await isPersonal(client, userId))) {
    const { status, failureReason } = await client.version(SOLUTION, versionId);
    if (status === "CREATE FAILED") throw new Error(`training failed: ${failureReason}`);
    await sleep(20);
  }
  const firstSeconds = elapsed();
  await client.trained(SOLUTION, versionId);
  return { importedSeconds, firstSeconds, userId };
}

async function isPersonal(client: PalateClient, userId: string): Promise<boolean> {
  try {
    const [own, cold] = await Promise.all(
      [userId, "nobody-of-this-name"].map((id) => client.recommend({ campaign: SOLUTION, userId: id, first: 10 })),
    );
    const ids = (answer: typeof own) => answer?.items.map(({ itemId }) => itemId).join();
    return own !== undefined && own.historyLength > 0 && ids(own) !== ids(cold);
  } catch (error) {
    if (error instanceof RequestFailure && ["FAILED_PRECONDITION", "UNAVAILABLE", "NOT_FOUND"].includes(error.code)) {
      return false; // no model yet
    }
    throw error;
  }
}
