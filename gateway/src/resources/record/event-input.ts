import { Field, InputType } from "type-graphql";
import { DateTime, ID } from "../common/scalars.js";

/** What every event says, whether of an item or of an action; emitted as fields of the inputs, not as a type of its own. */
@InputType()
export abstract class EventInput {
  @Field(() => ID, {
    nullable: true,
    description: "The user; absent for an anonymous session. At most 256 characters.",
  })
  userId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "The session; stands in for the user while userId is absent. The first event with both makes the session's earlier events the user's.",
  })
  sessionId?: string | null;

  @Field(() => DateTime, { nullable: true, description: "When; absent means now." })
  timestamp?: Date | null;

  @Field(() => ID, {
    nullable: true,
    description: "Makes a retry harmless: an id already recorded is not recorded again.",
  })
  eventId?: string | null;

  @Field(() => ID, { nullable: true, description: "The recommendationId of the answer that led to this event." })
  recommendationId?: string | null;
}
