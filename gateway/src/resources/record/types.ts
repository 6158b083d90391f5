import { Field, Float, InputType, Int, ObjectType } from "type-graphql";
import { UserError } from "../../errors/user-error.js";
import { ID, JsonObject } from "../common/scalars.js";
import { EventInput } from "./event-input.js";

const PROPERTIES =
  'Further schema columns as an object: {"PRICE": 3.5, "GENRE": "Comedy|Drama"}. Columns left out become null.';

@InputType({ description: "What a user did with an item." })
export class InteractionInput extends EventInput {
  @Field(() => ID, { description: "The item. At most 256 characters." })
  itemId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What happened, for example "click" or "purchase". "dislike" and "hide" speak against the item; a hidden one is not recommended to the user until "unhide".',
  })
  eventType?: string | null;

  @Field(() => Float, { nullable: true, description: "Amount, rating or seconds watched." })
  eventValue?: number | null;

  @Field(() => [ID], { nullable: true, description: "Items that were shown together with the one acted upon." })
  impression?: string[] | null;

  @Field(() => JsonObject, { nullable: true, description: PROPERTIES })
  properties?: Record<string, unknown> | null;
}

@InputType({ description: "Input of putEvents." })
export class PutEventsInput {
  @Field(() => String, { description: "Name of the dataset group, or an event tracker's trackingId." })
  datasetGroup!: string;

  @Field(() => [InteractionInput], { description: "The interactions, at most 10,000." })
  interactions!: InteractionInput[];
}

@ObjectType({ simpleResolvers: true, description: "Payload of putEvents." })
export class PutEventsPayload {
  @Field(() => Int, {
    nullable: true,
    description:
      "How many were recorded now; the rest were retries. They are durable. Null when userErrors has entries.",
  })
  recorded?: number;

  @Field(() => String, { nullable: true, description: "Place in the change log of the commit that holds them." })
  cursor?: string;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}

@InputType({ description: "An item with its attributes." })
export class ItemInput {
  @Field(() => ID, { description: "The item. At most 256 characters." })
  itemId!: string;

  @Field(() => JsonObject, { nullable: true, description: PROPERTIES })
  properties?: Record<string, unknown> | null;
}

@InputType({ description: "Input of putItems." })
export class PutItemsInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => [ItemInput], { description: "Items to add, or to replace when the id is known; at most 10,000." })
  items!: ItemInput[];
}

@InputType({ description: "A user with their attributes." })
export class UserInput {
  @Field(() => ID, { description: "The user. At most 256 characters." })
  userId!: string;

  @Field(() => JsonObject, { nullable: true, description: PROPERTIES })
  properties?: Record<string, unknown> | null;
}

@InputType({ description: "Input of putUsers." })
export class PutUsersInput {
  @Field(() => String, { description: "Name of the dataset group." })
  datasetGroup!: string;

  @Field(() => [UserInput], { description: "Users to add, or to replace when the id is known; at most 10,000." })
  users!: UserInput[];
}

@ObjectType({ simpleResolvers: true, description: "Payload of putItems and putUsers." })
export class PutRecordsPayload {
  @Field(() => String, {
    nullable: true,
    description:
      "Place in the change log of the commit that holds them; they are durable. Null when userErrors has entries.",
  })
  cursor?: string;

  @Field(() => [UserError], { description: "What to put right; empty on success." })
  userErrors!: UserError[];
}
