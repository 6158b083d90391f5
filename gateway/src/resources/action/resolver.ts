import type { ActionInteraction } from "@palate/proto/dataset";
import { GetActionRecommendationsRequest } from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, Info, Mutation, Query, Resolver } from "type-graphql";
import { payload } from "../../errors/user-errors.js";
import { toFilterFields } from "../answers/filter-arguments.js";
import { selectsCursor, toListPlace } from "../answers/list-cursor.js";
import { listCost } from "../answers/call-cost.js";
import { selectedColumns } from "../answers/selected-columns.js";
import { checkFirst } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { toUnixSeconds } from "../common/scalars.js";
import { eventFields, recordedNow, toProperties } from "../record/event-fields.js";
import { PutEventsPayload, PutRecordsPayload } from "../record/types.js";
import { ActionArgs } from "./arguments.js";
import {
  ActionRecommendationConnection,
  PutActionInteractionsInput,
  PutActionsInput,
  toActionRecommendations,
  type ActionInteractionInput,
} from "./types.js";

function toInteraction(input: ActionInteractionInput): ActionInteraction {
  return {
    ...eventFields(input),
    actionId: input.actionId,
    eventType: input.eventType,
  };
}

/** Actions: which to recommend, which there are, and what users did about them. */
@Resolver()
export class ActionResolver {
  @Query(() => ActionRecommendationConnection, {
    nullable: true,
    description:
      "Actions that a user is most likely to take, each with the probability. Actions that have expired are left out, and so are those that the user has taken or refused less than REPEAT_FREQUENCY days ago.",
  })
  async actionRecommendations(
    @Args(() => ActionArgs) args: ActionArgs,
    @Ctx() { campaigns, lane, asking, maxFirst }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ActionRecommendationConnection> {
    const { datasetGroup, campaign, userId, first } = args;
    checkFirst(first, maxFirst);
    const { pageToken, rank } = toListPlace(args.after);
    const request = GetActionRecommendationsRequest.create({
      datasetGroup,
      campaign,
      userId,
      numResults: first,
      pageToken,
      withPageToken: selectsCursor(info),
      metadataColumns: args.metadataColumns ?? [...selectedColumns(info)],
      timestamp: toUnixSeconds(args.timestamp),
      explorationWeight: args.explorationWeight ?? undefined,
      ...toFilterFields(args),
    });
    const response = await campaigns.atService(datasetGroup, campaign, ({ runtime }) =>
      runtime.inTurn({ lane, cost: listCost(request), signal: asking.signal }, () =>
        runtime.call(runtime.client.getActionRecommendations, request, asking),
      ),
    );
    return toActionRecommendations(datasetGroup, rank, response);
  }

  @Mutation(() => PutRecordsPayload, {
    nullable: true,
    description: "Adds actions, or replaces those whose id is known.",
  })
  putActions(
    @Arg("input", () => PutActionsInput, { description: "The actions." }) input: PutActionsInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<PutRecordsPayload> {
    return payload(PutRecordsPayload, () => {
      const actions = input.actions.map(({ actionId, properties }) => ({
        actionId,
        properties: toProperties(properties),
      }));
      return datasets.call(datasets.client.putActions, { datasetGroup: input.datasetGroup, actions }, asking);
    });
  }

  @Mutation(() => PutEventsPayload, {
    nullable: true,
    description:
      "Records what users did about actions. Once answered it is durable, and recommendations see it within milliseconds.",
  })
  putActionInteractions(
    @Arg("input", () => PutActionInteractionsInput, { description: "What happened." })
    input: PutActionInteractionsInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<PutEventsPayload> {
    return payload(PutEventsPayload, async () => {
      const actionInteractions = input.actionInteractions.map(toInteraction);
      const request = { datasetGroup: input.datasetGroup, actionInteractions };
      const response = await datasets.call(datasets.client.putActionInteractions, request, asking);
      return { ...response, recorded: recordedNow(input.actionInteractions, response.recorded) };
    });
  }
}
