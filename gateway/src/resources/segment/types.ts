import type { GetSegmentResponse } from "@palate/proto/recipe";
import { Field, Float, Int, ObjectType } from "type-graphql";
import { ModelAnswer, pageOf, Reason, scoreOf } from "../answers/answer.js";
import { Cause, toCauses } from "../answers/explanation.js";
import { rankToCursor } from "../answers/rank-cursor.js";
import { User } from "../answers/user.js";
import { PageInfo } from "../common/connection.js";
import { ID, SafeInt } from "../common/scalars.js";

@ObjectType({
  simpleResolvers: true,
  description: "One user of a segment: what belongs to the pairing, not to the user.",
})
export class SegmentEdge {
  @Field(() => User, { description: "The user." })
  node!: User;

  @Field(() => String, { description: "Their place in the list, to be given as after." })
  cursor!: string;

  @Field(() => Float, { nullable: true, description: "Score; comparable within one answer." })
  score!: number | null;

  @Field(() => Int, { description: "Rank over the whole list, from 1." })
  rank!: number;

  @Field(() => [Cause], {
    description:
      "Which of the user's items put them there, strongest first; worked out only for queries that select this field.",
  })
  reasons!: Cause[];
}

@ObjectType({ simpleResolvers: true, description: "A page of a segment's users, and what the answer rests on." })
export class SegmentConnection extends ModelAnswer {
  @Field(() => [SegmentEdge], { description: "Users with score and rank, best first." })
  edges!: SegmentEdge[];

  @Field(() => [User], { description: "The same users alone." })
  nodes!: User[];

  @Field(() => PageInfo, { description: "Where the page lies in the list." })
  pageInfo!: PageInfo;

  @Field(() => Reason, {
    nullable: true,
    description:
      "POPULAR when nothing is known of the item or the attributes, so that these are the most active users; else null.",
  })
  reason!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "The next users of a segment, up to 10,000 at a time." })
export class SegmentPart {
  @Field(() => [ID], { description: "Ids of the next users, best first." })
  userIds!: string[];

  @Field(() => [Float], { description: "Their scores." })
  scores!: number[];

  @Field(() => Reason, {
    nullable: true,
    description: "On the first part: POPULAR when these are the most active users, because nothing else is known.",
  })
  reason!: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Something that is more frequent in a segment than elsewhere." })
export class SegmentTrait {
  @Field(() => String, {
    description: '"ITEMS" when it is of the items that the segment\'s users choose, "USERS" when it is of the users.',
  })
  dataset!: string;

  @Field(() => String, { description: 'Column of that dataset; "ITEM_ID" when the trait is an item.' })
  column!: string;

  @Field(() => String, { description: 'The value, or a range of numbers, for example "1990 to 1996".' })
  value!: string;

  @Field(() => Float, {
    description: "Share within the segment, 0 to 1: of its interactions for items, else of its users.",
  })
  share!: number;

  @Field(() => Float, { description: "That share divided by the share among all." })
  lift!: number;
}

@ObjectType({ simpleResolvers: true, description: "Users whom a model has found to be alike." })
export class Segment {
  @Field(() => String, { description: "Give it to the query segment as segmentId." })
  id!: string;

  @Field(() => String, { description: "What sets it apart, in a few words." })
  label!: string;

  @Field(() => SafeInt, { description: "How many users are in it now." })
  users!: number;

  @Field(() => [SegmentTrait], { description: "What sets it apart, strongest first." })
  traits!: SegmentTrait[];
}

/** Makes an answer of a recipe service's messages. */
export function toSegment(
  datasetGroup: string,
  offset: number,
  messages: readonly GetSegmentResponse[],
): SegmentConnection {
  const edges: SegmentEdge[] = [];
  for (const { userIds, scores, explanations } of messages) {
    userIds.forEach((userId, row) => {
      const rank = offset + edges.length + 1;
      const node = new User(datasetGroup, userId);
      const reasons = toCauses(datasetGroup, explanations[row]);
      edges.push({ node, cursor: rankToCursor(rank), score: scoreOf(scores[row]), rank, reasons });
    });
  }
  const [first] = messages;
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: pageOf(edges, offset, first?.hasMore ?? false),
    reason: first?.reason || null,
    versionId: first?.versionId ?? "",
    checkpoint: first?.checkpoint ?? 0,
    dataAgeMs: first?.dataAgeMs ?? 0,
  };
}
