import { Arg, Args, Ctx, Mutation, Query, Resolver } from "type-graphql";
import { payload } from "../../errors/user-errors.js";
import { PageArgs, paginate, type Connection } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { present } from "../common/or-null.js";
import { CreateEventTrackerInput, CreateEventTrackerPayload, EventTracker, EventTrackerConnection } from "./types.js";

/** The event trackers of a group. */
export async function loadEventTrackers(
  { datasets, asking }: GatewayContext,
  datasetGroup: string,
): Promise<EventTracker[]> {
  const response = await datasets.call(datasets.client.listEventTrackers, { datasetGroup }, asking);
  return response.eventTrackers.map(EventTracker.from);
}

/** Event trackers. */
@Resolver()
export class EventTrackerResolver {
  @Query(() => EventTrackerConnection, { nullable: true, description: "The event trackers of a group, at most one." })
  async eventTrackers(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: GatewayContext,
  ): Promise<Connection<EventTracker>> {
    const trackers = await loadEventTrackers(context, datasetGroup);
    return paginate(trackers, (tracker) => tracker.name, page, context.maxFirst);
  }

  @Mutation(() => CreateEventTrackerPayload, { nullable: true, description: "Creates a group's event tracker." })
  createEventTracker(
    @Arg("input", () => CreateEventTrackerInput, { description: "What to create." }) input: CreateEventTrackerInput,
    @Ctx() { datasets, asking }: GatewayContext,
  ): Promise<CreateEventTrackerPayload> {
    return payload(CreateEventTrackerPayload, async () => {
      const response = await datasets.call(datasets.client.createEventTracker, input, asking);
      return { eventTracker: EventTracker.from(present(response.eventTracker)) };
    });
  }
}
