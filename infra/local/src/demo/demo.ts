import pc from "picocolors";
import { PalateClient } from "../client/palate-client.js";
import { adminKeyIn } from "../identities.js";
import type { SupervisorOptions } from "../supervisor.js";
import { session } from "../up.js";
import { importSample, trainSolutions } from "./prepare.js";
import { showEvent, showRecommendations } from "./show.js";

const DATASET_GROUP = "online-retail";

/**
 * Starts Palate, fills it with the Online Retail sample through its public API, trains three recipes and shows what they
 * recommend. What an earlier run has done is not done again.
 * @param once whether to stop after the answers instead of staying up
 */
export function demo(options: SupervisorOptions, once: boolean): Promise<void> {
  return session(options, async ({ supervisor, reporter }) => {
    const client = new PalateClient(supervisor.gatewayUrl, DATASET_GROUP, adminKeyIn(supervisor.adminKeyFile));
    reporter.line(pc.bold("Importing the sample"));
    await importSample(client, reporter);
    reporter.line(pc.bold("Training"));
    await trainSolutions(client, reporter);
    await showRecommendations(client);
    await showEvent(client);
    process.stdout.write(`\nGraphQL and its explorer: ${pc.bold(`${supervisor.gatewayUrl}/`)}\n`);
    if (once) return;
    process.stdout.write(pc.dim("Palate stays up until Ctrl-C.\n"));
    await new Promise(() => {});
  });
}
