import type { Command } from "commander";
import { usage } from "../errors/failure.js";
import { RANKING } from "../operations/answers.js";
import { showItems } from "../output/items.js";
import { itemVariables, withItemOptions, type ItemOptions } from "../session/answer-options.js";
import { campaignOf } from "../session/campaign.js";
import { groupOf } from "../session/group.js";
import { parseShare } from "../session/options.js";
import type { Run, Session } from "../session/session.js";
import { readWords } from "../session/stdin.js";

interface RankOptions extends ItemOptions {
  readonly callerWeight: number;
}

/** Adds `palate rank`. */
export function addRankCommand(program: Command, run: Run): void {
  withItemOptions(program.command("rank"))
    .description("a list of items in the order in which a user is likely to want them")
    .argument("<user>", "the user's id, or a session's")
    .argument("[items...]", 'ids, best first as you see it; "-" or none: one in each line of standard input')
    .option("--caller-weight <share>", "how much your own order counts beside the model, 0 to 1", parseShare, 0)
    .action((user: string, items: string[], options: RankOptions) =>
      run(options, (session) => rank(session, user, items, options)),
    );
}

async function rank(session: Session, userId: string, given: readonly string[], options: RankOptions): Promise<void> {
  const itemIds = given.length === 0 || given[0] === "-" ? await readWords(session.stdin) : given;
  if (itemIds.length === 0) throw usage("There are no items to rank: name them, or pipe in one a line.");
  const datasetGroup = await groupOf(session, options);
  const campaign = await campaignOf(session, datasetGroup, options.campaign, ["PERSONALIZED_RANKING"]);
  const variables = {
    datasetGroup,
    campaign,
    userId,
    itemIds,
    callerWeight: options.callerWeight,
    ...itemVariables(options),
  };
  const { personalizedRanking } = await session.api.ask(RANKING, variables);
  session.out.result({ datasetGroup, campaign, userId, ...personalizedRanking }, () => {
    const title = session.out.colors.bold(`${campaign} for ${userId}`);
    return `${title}\n\n${showItems(personalizedRanking?.edges ?? [], session.out)}`;
  });
}
