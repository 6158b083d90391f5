import { poll } from "../api/poll.js";
import { ExitCode } from "../errors/exit-code.js";
import { Failure } from "../errors/failure.js";
import { RECOMMENDATIONS, type Recommendations } from "../operations/answers.js";
import type { Session } from "../session/session.js";

/** Items in a list. */
const ITEMS = 5;
/** Milliseconds that a campaign may take to load its model. */
const LOADING_MS = 30_000;

/** What a list is for: a user, an item, or everybody. */
export interface Question {
  readonly datasetGroup: string;
  readonly campaign: string;
  readonly userId?: string;
  readonly itemId?: string;
}

/** An answer to a question. */
export interface Answer extends Question {
  readonly edges: Recommendations["edges"];
}

/** Asks a campaign whose model is there but may only just be loading, again and again until it answers. */
export async function answerOf({ api, signal }: Session, question: Question): Promise<Answer> {
  const { userId = null, itemId = null } = question;
  const end = Date.now() + LOADING_MS;
  return poll(async () => {
    try {
      const { recommendations } = await api.ask(RECOMMENDATIONS, {
        ...{ datasetGroup: question.datasetGroup, campaign: question.campaign, userId, itemId, first: ITEMS },
        ...{ columns: ["*"], seenItems: null, context: null, withReasons: false },
        ...{ filter: null, filterExpression: null, filterValues: null },
      });
      return { ...question, edges: recommendations?.edges ?? [] };
    } catch (thrown) {
      if (thrown instanceof Failure && isLoading(thrown) && Date.now() < end) return undefined;
      throw thrown;
    }
  }, signal);
}

/** Whether a failure says that the campaign is not ready yet. */
function isLoading({ exitCode, code }: Failure): boolean {
  return exitCode === ExitCode.UNREACHABLE || code === "FAILED_PRECONDITION" || code === "NOT_FOUND";
}
