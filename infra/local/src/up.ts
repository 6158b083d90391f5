import { withoutCredentials } from "@palate/mongo";
import pc from "picocolors";
import { ConsoleReporter } from "./console-reporter.js";
import { METRICS_PORT_OFFSET } from "./services.js";
import { StopSignal } from "./stop-signal.js";
import { Supervisor, type SupervisorOptions } from "./supervisor.js";

/** A started Palate and the means to tell the user about it. */
export interface Session {
  /** What runs. */
  readonly supervisor: Supervisor;
  /** Writes a line between progress. */
  readonly reporter: ConsoleReporter;
}

/**
 * Starts Palate, does `work`, and stops everything when `work` is done or the user asks for it.
 * @param options how to start
 * @param work what to do meanwhile; when the user stops Palate first, it is left where it is
 */
export async function session(options: SupervisorOptions, work: (session: Session) => Promise<void>): Promise<void> {
  const reporter = new ConsoleReporter();
  // Services end by themselves when this process does: they notice the loss of their channel to it.
  const signal = new StopSignal(() => process.exit(130));
  const broken = new AbortController();
  void signal.received.then(() => {
    reporter.line(pc.dim("\nstopping …"));
    reporter.quiet = true;
    broken.abort();
  });
  const supervisor = await Supervisor.start({ ...options, onEvent: reporter.event, signal: broken.signal }).catch(
    (error: unknown) => {
      if (!signal.stopping) throw error;
      return undefined;
    },
  );
  if (!supervisor) process.exit(130);
  try {
    await Promise.race([work({ supervisor, reporter }), signal.received]);
  } finally {
    reporter.quiet = true;
    await supervisor.stop();
  }
}

/** Palate until the user stops it. */
export function up(options: SupervisorOptions): Promise<void> {
  return session(options, async ({ supervisor, reporter }) => {
    reporter.line(`\nPalate is up. GraphQL and its explorer: ${pc.bold(`${supervisor.gatewayUrl}/`)}`);
    reporter.line(
      pc.dim(
        `Database: ${withoutCredentials(supervisor.mongo.uri)}   Logs: ${supervisor.logFolder}   Ctrl-C stops it.`,
      ),
    );
    const metrics = supervisor.metricsUrl("gateway");
    if (metrics !== undefined)
      reporter.line(pc.dim(`Metrics: ${metrics}, and of each service ${METRICS_PORT_OFFSET} above its port.`));
    if (supervisor.adminKeyFile)
      reporter.line(pc.dim(`The operator's key, to make API keys with: ${supervisor.adminKeyFile}`));
    await new Promise(() => {});
  });
}
