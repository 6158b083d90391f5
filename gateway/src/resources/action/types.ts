import type { GetActionRecommendationsResponse, MetadataColumn } from "@palate/proto/recipe";
import { Arg, Field, Float, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { basisOf, pageOf, Reason, scoreOf, UserAnswer } from "../answers/answer.js";
import { attributeIn, attributesIn } from "../answers/attributes.js";
import { cursorsOf } from "../answers/list-cursor.js";
import { PageInfo } from "../common/connection.js";
import { NameValue } from "../common/name-value.js";
import { DateTime, ID, JsonObject } from "../common/scalars.js";
import { EventInput } from "../record/event-input.js";

const ActionEventType = { TAKEN: "TAKEN", NOT_TAKEN: "NOT_TAKEN", VIEWED: "VIEWED" } as const;
registerEnumType(ActionEventType, {
  name: "ActionEventType",
  description: "What a user can do about an action.",
  valuesConfig: {
    TAKEN: { description: "They took it." },
    NOT_TAKEN: { description: "They refused it, or let it pass." },
    VIEWED: { description: "They saw it." },
  },
});

const PROPERTIES = 'Further schema columns as an object: {"CHANNEL": "mail"}. Columns left out become null.';

@ObjectType({ simpleResolvers: true, description: "An action that may be recommended to users." })
export class Action {
  @Field(() => String, { description: "Name of the dataset group." })
  readonly datasetGroup: string;

  @Field(() => ID, { description: "Its id as in the actions data." })
  readonly actionId: string;

  @Field(() => Float, { nullable: true, description: "Its VALUE, 1 to 10; null when it has none." })
  readonly value: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "From when on it is not recommended any more; null when it does not expire.",
  })
  readonly expiresAt: Date | null;

  readonly #columns: readonly MetadataColumn[];
  readonly #row: number;

  /** @param row its place in the answer */
  constructor(datasetGroup: string, answer: GetActionRecommendationsResponse, row: number) {
    this.datasetGroup = datasetGroup;
    this.actionId = answer.actionIds[row] ?? "";
    this.value = answer.values[row] || null;
    const seconds = answer.expiresAt[row] ?? 0;
    this.expiresAt = seconds === 0 ? null : new Date(seconds * 1_000);
    this.#columns = answer.metadata;
    this.#row = row;
  }

  @Field(() => [NameValue], {
    description: "Columns of the actions dataset with the action's values, those without a value left out.",
  })
  attributes(): NameValue[] {
    return attributesIn(this.#columns, this.#row);
  }

  @Field(() => String, { nullable: true, description: "Value of one column; null when the action has none." })
  attribute(
    @Arg("name", () => String, { description: 'The column, for example "KIND".' }) name: string,
  ): string | null {
    return attributeIn(this.#columns, this.#row, name);
  }
}

@ObjectType({
  simpleResolvers: true,
  description: "One recommended action: what belongs to the pairing, not to the action.",
})
export class ActionRecommendationEdge {
  @Field(() => Action, { description: "The action." })
  node!: Action;

  @Field(() => String, { description: "Its place in the list, to be given as after." })
  cursor!: string;

  @Field(() => Float, {
    description:
      "Probability, 0 to 1, that the user takes the action within the solution's period; 0 for actions that too little is known of.",
  })
  score!: number;

  @Field(() => Int, { description: "Rank over the whole list, from 1." })
  rank!: number;

  @Field(() => Reason, { nullable: true, description: "Why it is here, when it is not for its score." })
  reason!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "A page of recommended actions, and what the answer rests on." })
export class ActionRecommendationConnection extends UserAnswer {
  @Field(() => [ActionRecommendationEdge], { description: "Actions with score, rank and reason, best first." })
  edges!: ActionRecommendationEdge[];

  @Field(() => [Action], { description: "The same actions alone." })
  nodes!: Action[];

  @Field(() => PageInfo, { description: "Where the page lies in the list." })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: "How many of the user's action interactions the answer rests on." })
  declare historyLength: number;
}

/** Makes an answer of a recipe service's. */
export function toActionRecommendations(
  datasetGroup: string,
  offset: number,
  response: GetActionRecommendationsResponse,
): ActionRecommendationConnection {
  const cursorOf = cursorsOf(response.nextPageToken);
  const edges = response.actionIds.map((_, row): ActionRecommendationEdge => {
    const rank = offset + row + 1;
    return {
      node: new Action(datasetGroup, response, row),
      cursor: cursorOf(rank),
      score: scoreOf(response.scores[row]) ?? 0,
      rank,
      reason: response.reasons[row] || null,
    };
  });
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: pageOf(edges, offset, response.hasMore),
    ...basisOf(response),
  };
}

@InputType({ description: "An action with its attributes." })
export class ActionInput {
  @Field(() => ID, { description: "The action. At most 256 characters." })
  actionId!: string;

  @Field(() => JsonObject, {
    nullable: true,
    description:
      'Schema columns as an object: {"VALUE": 7, "REPEAT_FREQUENCY": 14, "KIND": "discount"}. Columns left out become null.',
  })
  properties?: Record<string, unknown> | null;
}

@InputType({ description: "Input of putActions." })
export class PutActionsInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => [ActionInput], { description: "Actions to add, or to replace when the id is known; at most 10,000." })
  actions!: ActionInput[];
}

@InputType({ description: "What a user did about an action." })
export class ActionInteractionInput extends EventInput {
  @Field(() => ID, { description: "The action. At most 256 characters." })
  actionId!: string;

  @Field(() => ActionEventType, { description: "What the user did about it." })
  eventType!: string;

  @Field(() => [ID], { nullable: true, description: "Actions that were shown together with the one acted upon." })
  impression?: string[] | null;

  @Field(() => JsonObject, { nullable: true, description: PROPERTIES })
  properties?: Record<string, unknown> | null;
}

@InputType({ description: "Input of putActionInteractions." })
export class PutActionInteractionsInput {
  @Field(() => String, { description: "Name of the dataset group, or an event tracker's trackingId." })
  datasetGroup!: string;

  @Field(() => [ActionInteractionInput], { description: "The action interactions, at most 10,000." })
  actionInteractions!: ActionInteractionInput[];
}
