import type { Command } from "commander";
import { RECOMMENDATIONS, type Recommendations } from "../operations/answers.js";
import { withAnswerOptions, answerVariables, type AnswerOptions } from "../session/answer-options.js";
import { campaignOf } from "../session/campaign.js";
import { groupOf } from "../session/group.js";
import type { Run, Session } from "../session/session.js";
import { showItems } from "../output/items.js";
import { counted } from "../output/words.js";

interface RecommendOptions extends AnswerOptions {
  readonly item?: string;
}

/** Adds `palate recommend`. */
export function addRecommendCommand(program: Command, run: Run): void {
  withAnswerOptions(program.command("recommend"))
    .description("items for a user; without a user, items for everybody")
    .argument("[user]", "the user's id, or a session's; unknown ones get an answer too")
    .option("-i, --item <id>", "an item that they are looking at, for recipes that need one")
    .action((user: string | undefined, options: RecommendOptions) =>
      run(options, (session) => recommend(session, user, options)),
    );
}

async function recommend(session: Session, user: string | undefined, options: RecommendOptions): Promise<void> {
  const datasetGroup = await groupOf(session, options);
  const types =
    user === undefined ? (["POPULAR_ITEMS"] as const) : (["USER_PERSONALIZATION", "POPULAR_ITEMS"] as const);
  const campaign = await campaignOf(session, datasetGroup, options.campaign, types);
  const { recommendations } = await session.api.ask(RECOMMENDATIONS, {
    ...{ datasetGroup, campaign, userId: user ?? null, itemId: options.item ?? null },
    ...answerVariables(options),
  });
  const answer: Recommendations = recommendations ?? {
    recommendationId: "",
    versionId: "",
    historyLength: 0,
    edges: [],
  };
  session.out.result({ datasetGroup, campaign, userId: user ?? null, ...answer }, () => {
    const known = user === undefined ? "" : `, from ${counted(answer.historyLength, "interaction")} of theirs`;
    const title = `${campaign} for ${user ?? "everybody"}${known}`;
    return `${session.out.colors.bold(title)}\n\n${showItems(answer.edges, session.out)}`;
  });
}
