import type { Command } from "commander";
import { RECOMMENDATIONS } from "../operations/answers.js";
import { showItems } from "../output/items.js";
import { answerVariables, withAnswerOptions, type AnswerOptions } from "../session/answer-options.js";
import { campaignOf } from "../session/campaign.js";
import { groupOf } from "../session/group.js";
import type { Run, Session } from "../session/session.js";

interface SimilarOptions extends AnswerOptions {
  readonly user?: string;
}

/** Adds `palate similar`. */
export function addSimilarCommand(program: Command, run: Run): void {
  withAnswerOptions(program.command("similar"))
    .description("items like an item")
    .argument("<item>", "the item's id; for unknown ones the answer is popular items, marked as such")
    .option("-u, --user <id>", "whose own items are left out")
    .action((item: string, options: SimilarOptions) => run(options, (session) => similar(session, item, options)));
}

async function similar(session: Session, itemId: string, options: SimilarOptions): Promise<void> {
  const datasetGroup = await groupOf(session, options);
  const campaign = await campaignOf(session, datasetGroup, options.campaign, ["RELATED_ITEMS"]);
  const variables = { datasetGroup, campaign, userId: options.user ?? null, itemId, ...answerVariables(options) };
  const { recommendations } = await session.api.ask(RECOMMENDATIONS, variables);
  session.out.result({ datasetGroup, campaign, itemId, ...recommendations }, () => {
    const title = session.out.colors.bold(`${campaign}: like ${itemId}`);
    return `${title}\n\n${showItems(recommendations?.edges ?? [], session.out)}`;
  });
}
