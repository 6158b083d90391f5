import * as recipe from "@palate/proto/recipe";
import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import type { PageInfo } from "../common/connection.js";
import { ID, SafeInt } from "../common/scalars.js";

export const Reason = {
  POPULAR: recipe.Reason.REASON_POPULAR,
  EXPLORATION: recipe.Reason.REASON_EXPLORATION,
  PROMOTED: recipe.Reason.REASON_PROMOTED,
  NEW: recipe.Reason.REASON_NEW,
  SEEN: recipe.Reason.REASON_SEEN,
} as const;
registerEnumType(Reason, {
  name: "Reason",
  description: "Why an item is in an answer, when the model did not put it there for its score.",
  valuesConfig: {
    POPULAR: { description: "It is popular, put there because the model had too little to go on." },
    EXPLORATION: { description: "It is shown to learn about it." },
    PROMOTED: { description: "A promotion put it there." },
    NEW: {
      description: "Nobody has had it and the model has no score for it; it follows because too few others are left.",
    },
    SEEN: { description: "The user has had it; it follows because too few others are left." },
  },
});

/** What every answer of a model says of itself; emitted as fields of the answers, not as a type of its own. */
@ObjectType({ simpleResolvers: true })
export abstract class ModelAnswer {
  @Field(() => String, { description: "Id of the solution version that answered." })
  versionId!: string;

  @Field(() => Int, { description: "Checkpoint of that version." })
  checkpoint!: number;

  @Field(() => SafeInt, {
    description: "Milliseconds since the data behind the answer was known to be current; grows during an outage.",
  })
  dataAgeMs!: number;
}

/** What an answer for a user says of itself, too. */
@ObjectType({ simpleResolvers: true })
export abstract class UserAnswer extends ModelAnswer {
  @Field(() => ID, { description: "Quote it in the events that follow from this answer." })
  recommendationId!: string;

  @Field(() => Int, { description: "How many of the user's interactions the answer rests on." })
  historyLength!: number;
}

/** What a recipe service's answer for a user says of itself. */
export function basisOf({ versionId, checkpoint, dataAgeMs, recommendationId, historyLength }: UserAnswer): UserAnswer {
  return { versionId, checkpoint, dataAgeMs, recommendationId, historyLength };
}

/**
 * Where a page of an answer lies.
 * @param offset ranks before it
 * @param hasMore whether there are ranks after it
 */
export function pageOf(edges: readonly { readonly cursor: string }[], offset: number, hasMore: boolean): PageInfo {
  return {
    hasNextPage: hasMore,
    hasPreviousPage: offset > 0,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}

/** A 32-bit score with the digits it has, instead of those that its 64-bit form would show; null where there is none. */
export function scoreOf(score: number | undefined): number | null {
  return score === undefined ? null : Number(score.toPrecision(7));
}
