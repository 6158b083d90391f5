import type { GetSegmentResponse } from "@palate/proto/recipe";
import { recommendActions } from "../answers/action-recommendations.js";
import { rank } from "../answers/rank.js";
import { recommend } from "../answers/recommend.js";
import { segment } from "../answers/segment.js";
import type { ExclusionMask } from "../serving/exclusion-mask.js";
import { withAllowed } from "../serving/filters.js";
import type { LoadedModel } from "../serving/serving-hub.js";
import type { BatchRequest } from "./batch-line.js";

/** The answer to a line: the fields that Amazon Personalize writes, and further ones where they have values. */
export type BatchOutput = Readonly<Record<string, unknown>>;

/** What answering takes besides the model. */
export interface AnswerParts {
  readonly mask: ExclusionMask;
  /** Unix time in seconds, used where the request names none. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * Answers one line with the same functions as live requests.
 * @throws PalateError as the live request would
 */
export async function batchAnswer(asked: BatchRequest, loaded: LoadedModel, parts: AnswerParts): Promise<BatchOutput> {
  const { mask, now, signal } = parts;
  switch (asked.kind) {
    case "recommendations": {
      const answer = recommend(asked.request, loaded, mask, now);
      return {
        recommendedItems: answer.itemIds,
        ...(answer.scores.length > 0 && { scores: answer.scores }),
        ...(answer.reasons.length > 0 && { reasons: answer.reasons }),
        ...(answer.promotions.length > 0 && { promotions: answer.promotions }),
        ...columnsOf(answer.metadata),
      };
    }
    case "ranking": {
      const answer = withAllowed(asked.request, loaded.replica, mask, now, (allowed) =>
        rank(asked.request, loaded, now, allowed),
      );
      const { itemIds: recommendedItems, scores } = answer;
      // As many as items, as in live answers: what nobody knows comes last, without a score.
      const all = recommendedItems.map((_, place) => scores[place] ?? null);
      return { recommendedItems, scores: all, ...columnsOf(answer.metadata) };
    }
    case "segment": {
      const usersList: string[] = [];
      const scores: number[] = [];
      let first: GetSegmentResponse | undefined;
      for await (const message of segment(asked.request, loaded, now, signal)) {
        first ??= message;
        for (const user of message.userIds) usersList.push(user);
        for (const score of message.scores) scores.push(score);
      }
      return { usersList, scores };
    }
    case "actions": {
      const answer = recommendActions(asked.request, loaded, mask, now);
      return { recommendedActions: answer.actionIds, scores: answer.scores, ...columnsOf(answer.metadata) };
    }
  }
}

function columnsOf(metadata: readonly { name: string; values: readonly string[] }[]): BatchOutput {
  if (metadata.length === 0) return {};
  return { metadata: Object.fromEntries(metadata.map(({ name, values }) => [name, values])) };
}
