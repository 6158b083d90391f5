import type { EventTracker as EventTrackerMessage } from "@palate/proto/dataset";
import { Field, InputType, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { connectionType } from "../common/connection.js";
import { toGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { DateTime, timeOrNull } from "../common/scalars.js";

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "Gives a dataset group a tracking id, which putEvents accepts in place of the group's name.",
})
export class EventTracker implements Node {
  /** Global id. */
  get id(): string {
    return toGlobalId("EventTracker", this.datasetGroup, this.name);
  }

  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => String, { description: "Its name, unique within the group." })
  name!: string;

  @Field(() => String, { description: "What putEvents accepts in place of the group's name." })
  trackingId!: string;

  @Field(() => DateTime, { nullable: true, description: "When it was created." })
  createdAt!: number | null;

  /** From the proto's message. */
  static from(message: EventTrackerMessage): EventTracker {
    return Object.assign(new EventTracker(), {
      datasetGroup: message.datasetGroup,
      name: message.name,
      trackingId: message.trackingId,
      createdAt: timeOrNull(message.createdAtMs),
    });
  }
}

/** A page of event trackers. */
export const EventTrackerConnection = connectionType(EventTracker, "EventTracker");

@InputType({ description: "Input of createEventTracker." })
export class CreateEventTrackerInput {
  @Field(() => String, { description: "Name of the dataset group; it can have one tracker." })
  datasetGroup!: string;

  @Field(() => String, { description: "Unique within the group." })
  name!: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of createEventTracker." })
export class CreateEventTrackerPayload {
  @Field(() => EventTracker, {
    nullable: true,
    description: "The tracker as stored; null when userErrors has entries.",
  })
  eventTracker?: EventTracker;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
