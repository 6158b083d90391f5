import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { payload } from "../../errors/user-errors.js";
import type { GatewayContext } from "../common/context.js";
import { eventFields, recordedNow, toProperties } from "./event-fields.js";
import {
  PutEventsInput,
  PutEventsPayload,
  PutItemsInput,
  PutRecordsPayload,
  PutUsersInput,
  type InteractionInput,
} from "./types.js";

function toInteraction(input: InteractionInput) {
  return {
    ...eventFields(input),
    itemId: input.itemId,
    eventType: input.eventType ?? "",
    eventValue: input.eventValue ?? undefined,
  };
}

/** Streamed records. */
@Resolver()
export class RecordResolver {
  @Mutation(() => PutEventsPayload, {
    nullable: true,
    description:
      "Records interactions. Once answered they are durable, and recommendations see them within milliseconds.",
  })
  putEvents(
    @Arg("input", () => PutEventsInput, { description: "What happened." }) input: PutEventsInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<PutEventsPayload> {
    return payload(PutEventsPayload, async () => {
      const request = { datasetGroup: input.datasetGroup, interactions: input.interactions.map(toInteraction) };
      const response = await datasets.call(datasets.client.putEvents, request, asking);
      return { ...response, recorded: recordedNow(input.interactions, response.recorded) };
    });
  }

  @Mutation(() => PutRecordsPayload, {
    nullable: true,
    description: "Adds items, or replaces those whose id is known.",
  })
  putItems(
    @Arg("input", () => PutItemsInput, { description: "The items." }) input: PutItemsInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<PutRecordsPayload> {
    return payload(PutRecordsPayload, () => {
      const items = input.items.map(({ itemId, properties }) => ({ itemId, properties: toProperties(properties) }));
      return datasets.call(datasets.client.putItems, { datasetGroup: input.datasetGroup, items }, asking);
    });
  }

  @Mutation(() => PutRecordsPayload, {
    nullable: true,
    description: "Adds users, or replaces those whose id is known.",
  })
  putUsers(
    @Arg("input", () => PutUsersInput, { description: "The users." }) input: PutUsersInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<PutRecordsPayload> {
    return payload(PutRecordsPayload, () => {
      const users = input.users.map(({ userId, properties }) => ({ userId, properties: toProperties(properties) }));
      return datasets.call(datasets.client.putUsers, { datasetGroup: input.datasetGroup, users }, asking);
    });
  }
}
