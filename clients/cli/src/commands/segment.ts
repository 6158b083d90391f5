import type { Command } from "commander";
import type { DataOf } from "../api/operation.js";
import { Failure } from "../errors/failure.js";
import { SEGMENT, SEGMENTS, type SegmentAnswer, type SegmentQuery } from "../operations/answers.js";
import { table } from "../output/table.js";
import { count } from "../output/words.js";
import { filterVariables, withFilterOptions, type FilterOptions } from "../session/answer-options.js";
import { campaignOf } from "../session/campaign.js";
import { groupOf } from "../session/group.js";
import { parseCount } from "../session/options.js";
import type { Run, Session } from "../session/session.js";

interface SegmentOptions extends FilterOptions {
  readonly item?: string;
  readonly attributes?: string;
  readonly segment?: string;
  readonly number: number;
}

/** Users in a page of an answer. */
const PAGE = 500;

/** Adds `palate segment`. */
export function addSegmentCommand(program: Command, run: Run): void {
  withFilterOptions(program.command("segment"))
    .description(
      "users by what they like; without --item, --attributes or --segment, the segments that a model has found",
    )
    .option("-i, --item <id>", "users with most affinity to this item")
    .option("-a, --attributes <expression>", 'users with most affinity to such items: ITEMS.GENRE = "Comedy"')
    .option("-s, --segment <id>", "users in this segment")
    .option("-n, --number <count>", "users wanted", parseCount, 25)
    .action((options: SegmentOptions) => run(options, (session) => segment(session, options)));
}

async function segment(session: Session, options: SegmentOptions): Promise<void> {
  const datasetGroup = await groupOf(session, options);
  const campaign = await campaignOf(session, datasetGroup, options.campaign, ["USER_SEGMENTATION"]);
  const { item, attributes, segment: id } = options;
  if (item === undefined && attributes === undefined && id === undefined)
    return foundSegments(session, datasetGroup, campaign);
  const answer = await usersOf(session, options.number, {
    ...{ datasetGroup, campaign, itemId: item ?? null, itemAttributes: attributes ?? null, segmentId: id ?? null },
    ...filterVariables(options),
  });
  session.out.result({ datasetGroup, campaign, ...answer }, () => {
    if (answer.edges.length === 0) return "Nobody is left: there are no such users, or the filter lets none through.";
    const columns = [
      { title: "#", align: "right" as const },
      { title: "user" },
      { title: "score", align: "right" as const },
    ];
    const rows = answer.edges.map(({ rank, node, score }) => [String(rank), node.userId, score?.toPrecision(3) ?? ""]);
    const popular =
      answer.reason === "POPULAR" ? "\n\nNothing is known of that, so these are the most active users." : "";
    return `${table(columns, rows, session.out.width, session.out.colors)}${popular}`;
  });
}

/** Asks page after page until there are as many users as wanted. */
async function usersOf(
  { api }: Session,
  wanted: number,
  query: Omit<SegmentQuery, "first" | "after">,
): Promise<Omit<SegmentAnswer, "pageInfo">> {
  const edges: SegmentAnswer["edges"][number][] = [];
  let after: string | null = null;
  for (;;) {
    const first = Math.min(PAGE, wanted - edges.length);
    const { segment: page }: DataOf<typeof SEGMENT> = await api.ask(SEGMENT, { ...query, first, after });
    if (!page) throw new Failure("NO_ANSWER", "The gateway did not say which users these are.");
    edges.push(...page.edges);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || edges.length >= wanted)
      return { versionId: page.versionId, reason: page.reason, edges };
  }
}

async function foundSegments({ api, out }: Session, datasetGroup: string, campaign: string): Promise<void> {
  const { segments } = await api.ask(SEGMENTS, { datasetGroup, campaign });
  out.result({ datasetGroup, campaign, segments: segments ?? [] }, () => {
    const columns = [
      { title: "segment" },
      { title: "users", align: "right" as const },
      { title: "what sets it apart" },
    ];
    const rows = (segments ?? []).map(({ id, users, label }) => [id, count(users), label]);
    return table(columns, rows, out.width, out.colors);
  });
}
