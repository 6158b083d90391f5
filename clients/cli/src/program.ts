import tab from "@bomb.sh/tab/commander";
import { Command, CommanderError } from "commander";
import { addAuditCommand } from "./commands/audit.js";
import { addDataCommand } from "./commands/data.js";
import { addDeleteCommand } from "./commands/delete.js";
import { addEventsCommand } from "./commands/events.js";
import { addExportCommand } from "./commands/export.js";
import { addFiltersCommand } from "./commands/filters.js";
import { addImportCommand } from "./commands/import.js";
import { addInferCommand } from "./commands/infer.js";
import { addMetricsCommand } from "./commands/metrics.js";
import { addOpenCommand } from "./commands/open.js";
import { addRankCommand } from "./commands/rank.js";
import { addRecommendCommand } from "./commands/recommend.js";
import { addSegmentCommand } from "./commands/segment.js";
import { addSimilarCommand } from "./commands/similar.js";
import { addStatusCommand } from "./commands/status.js";
import { addTrainCommand } from "./commands/train.js";
import { addTryCommand } from "./commands/try.js";
import { ExitCode } from "./errors/exit-code.js";
import type { Run } from "./session/session.js";

const AFTER_HELP = `
Exit codes:
  0    done
  1    refused or failed
  2    the command line is not right
  3    the gateway, or a service behind it, does not answer
  130  interrupted (Ctrl-C)

Environment:
  PALATE_URL    address of the gateway, in place of --url
  PALATE_KEY    API key, in place of --key, which others on the machine can see
  PALATE_GROUP  dataset group, in place of --group
  NO_COLOR      no colours, whatever the terminal`;

/** In the order in which the help lists them. */
const COMMANDS = [
  addTryCommand,
  addInferCommand,
  addImportCommand,
  addStatusCommand,
  addTrainCommand,
  addMetricsCommand,
  addRecommendCommand,
  addSimilarCommand,
  addRankCommand,
  addSegmentCommand,
  addEventsCommand,
  addFiltersCommand,
  addExportCommand,
  addDataCommand,
  addDeleteCommand,
  addAuditCommand,
  addOpenCommand,
];

/** The whole command line. */
function createProgram(run: Run): Command {
  const program = new Command("palate")
    .description("Palate from a shell: data in, models trained, recommendations out, through the gateway's public API.")
    .showHelpAfterError("(palate COMMAND --help says what there is)")
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText("after", AFTER_HELP);
  for (const add of COMMANDS) add(program, run);
  tab(program, { completionCommandName: "completion" });
  return program;
}

/**
 * Runs a command line.
 * @param argv as Node has it
 * @returns the exit code where the command line itself was the matter: help was asked for, or it is not right
 */
export async function runProgram(argv: readonly string[], run: Run): Promise<ExitCode | undefined> {
  try {
    await createProgram(run).parseAsync(argv);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return thrown.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
  }
}
