import type { Command } from "commander";
import { describeVersion } from "../output/metrics.js";
import { groupOf } from "../session/group.js";
import { withGroupOption } from "../session/options.js";
import type { GroupOptions, Run, Session } from "../session/session.js";
import { measuredVersion } from "../training/measured.js";

interface MetricsOptions extends GroupOptions {
  readonly version: string;
}

/** Adds `palate metrics`. */
export function addMetricsCommand(program: Command, run: Run): void {
  withGroupOption(program.command("metrics"))
    .description("how good a solution's model is on held-out data, beside the simplest thing one could do instead")
    .argument("<solution>", "the solution's name")
    .option("--version <id>", "its version", "$LATEST")
    .action((solution: string, options: MetricsOptions) =>
      run(options, (session) => metrics(session, solution, options)),
    );
}

async function metrics(session: Session, solution: string, options: MetricsOptions): Promise<void> {
  const datasetGroup = await groupOf(session, options);
  const version = await measuredVersion(session, { datasetGroup, solution, versionId: options.version });
  const reportUrl = new URL(version.reportUrl, session.api.url).href;
  session.out.result({ datasetGroup, ...version, reportUrl }, () => describeVersion(version, reportUrl, session.out));
}
