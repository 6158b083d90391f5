import { GetSegmentRequest, type GetSegmentResponse } from "@palate/proto/recipe";
import type { GraphQLResolveInfo } from "graphql";
import {
  Arg,
  Args,
  Ctx,
  Info,
  Int,
  Query,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from "type-graphql";
import { SEGMENT_COST } from "../answers/call-cost.js";
import { toFilterFields } from "../answers/filter-arguments.js";
import { toOffset } from "../answers/rank-cursor.js";
import { selectsField } from "../answers/selects-field.js";
import { checkFirst } from "../common/connection.js";
import type { GatewayContext } from "../common/context.js";
import { SegmentArgs } from "./arguments.js";
import { Segment, SegmentConnection, SegmentPart, toSegment } from "./types.js";

/** Milliseconds that a page of a segment may take: it can mean looking at millions of users. */
const DEADLINE_MS = 60_000;

function requestOf(args: SegmentArgs, numResults: number, offset: number): GetSegmentRequest {
  return GetSegmentRequest.create({
    datasetGroup: args.datasetGroup,
    campaign: args.campaign,
    itemId: args.itemId ?? "",
    itemAttributes: args.itemAttributes ?? "",
    segmentId: args.segmentId ?? "",
    seenItems: args.seenItems ?? 0,
    ...toFilterFields(args),
    numResults,
    offset,
  });
}

/** A segment as it comes; what a subscription streams. */
async function* streamSegment({
  args,
  context: { campaigns, asking },
}: SubscribeResolverData<SegmentPart, SegmentArgs & { limit: number }, GatewayContext>): AsyncGenerator<SegmentPart> {
  const { runtime } = await campaigns.find(args.datasetGroup, args.campaign);
  const request = requestOf(args, args.limit, 0);
  for await (const { userIds, scores, reason } of runtime.stream(runtime.client.getSegment, request, asking))
    yield { userIds, scores, reason: reason || null };
}

/** Segments of users. */
@Resolver()
export class SegmentResolver {
  @Query(() => SegmentConnection, {
    nullable: true,
    description:
      "Users with most affinity to an item or to attributes, or those in a segment that the campaign's model has found. For an item that nobody knows, the most active users.",
  })
  segment(
    @Args(() => SegmentArgs) args: SegmentArgs,
    @Arg("first", () => Int, {
      defaultValue: 25,
      description:
        "Most users; at least 1, at most 500 unless configured. For more, go on with after, or see segmentUsers.",
    })
    first: number,
    @Arg("after", () => String, {
      nullable: true,
      description:
        "Cursor of the user to go on after: a rank of the segment as it is now, so that users who come, go or rise meanwhile may be missed or come twice; segmentUsers streams one answer.",
    })
    after: string | null | undefined,
    @Ctx() { campaigns, lane, asking, maxFirst }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SegmentConnection> {
    checkFirst(first, maxFirst);
    const offset = toOffset(after);
    const request = { ...requestOf(args, first, offset), explain: selectsField(info, "reasons") };
    return campaigns.atService(args.datasetGroup, args.campaign, async ({ runtime }) => {
      const messages: GetSegmentResponse[] = [];
      await runtime.inTurn({ lane, cost: SEGMENT_COST, signal: asking.signal }, async () => {
        const parts = runtime.stream(runtime.client.getSegment, request, asking, DEADLINE_MS);
        for await (const message of parts) messages.push(message);
      });
      return toSegment(args.datasetGroup, offset, messages);
    });
  }

  @Query(() => [Segment], {
    nullable: true,
    description: "The segments that a campaign's model has found by itself, largest first, with what sets each apart.",
  })
  segments(
    @Arg("datasetGroup", () => String, { description: "Name of the dataset group." }) datasetGroup: string,
    @Arg("campaign", () => String, { description: "Name of the campaign." }) campaign: string,
    @Ctx() { campaigns, lane, asking }: GatewayContext,
  ): Promise<Segment[]> {
    return campaigns.atService(datasetGroup, campaign, async ({ runtime }) => {
      const { segments } = await runtime.inTurn({ lane, cost: SEGMENT_COST, signal: asking.signal }, () =>
        runtime.call(runtime.client.listSegments, { datasetGroup, campaign }, asking),
      );
      return segments;
    });
  }

  @Subscription(() => SegmentPart, {
    subscribe: streamSegment,
    description:
      "The users of a segment in parts of up to 10,000, millions if there are so many. Served as server-sent events at /graphql/stream.",
  })
  segmentUsers(
    @Root() part: SegmentPart,
    @Args(() => SegmentArgs) _args: SegmentArgs,
    @Arg("limit", () => Int, { defaultValue: 10_000_000, description: "Most users, over all parts." }) _limit: number,
  ): SegmentPart {
    return part;
  }
}
