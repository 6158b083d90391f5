import { reaches } from "@palate/host";
import { Arg, Ctx, Query, Resolver } from "type-graphql";
import { ID } from "../common/scalars.js";
import { Item } from "../answers/item.js";
import { User } from "../answers/user.js";
import { loadBatchJob } from "../batch-job/resolver.js";
import { loadCampaign } from "../campaign/resolver.js";
import type { GatewayContext } from "../common/context.js";
import { fromGlobalId } from "../common/global-id.js";
import { Node } from "../common/node.js";
import { orNull } from "../common/or-null.js";
import { loadDataDeletionJob } from "../data-deletion-job/resolver.js";
import { loadDatasetGroup } from "../dataset-group/resolver.js";
import { loadDataset } from "../dataset/resolver.js";
import { loadEventTrackers } from "../event-tracker/resolver.js";
import { loadExportJob } from "../export-job/resolver.js";
import { loadFilter } from "../filter/resolver.js";
import { loadImportJob } from "../import-job/resolver.js";
import { findRecipe } from "../recipe/resolver.js";
import { loadSchema } from "../schema/resolver.js";
import { loadVersion } from "../solution-version/resolver.js";
import { loadSolution } from "../solution/resolver.js";

type Loader = (context: GatewayContext, a: string, b: string, c: string) => Promise<Node | null> | Node;

/** How to load each type of node from the parts of its id. */
const LOADERS: Readonly<Record<string, Loader>> = {
  DatasetGroup: (context, name) => loadDatasetGroup(context, name),
  Schema: (context, name) => loadSchema(context, name),
  Dataset: (context, group, type) => loadDataset(context, group, Number(type)),
  ImportJob: (context, group, name) => loadImportJob(context, group, name),
  ExportJob: (context, group, name) => loadExportJob(context, group, name),
  DataDeletionJob: (context, group, name) => loadDataDeletionJob(context, group, name),
  EventTracker: async (context, group, name) =>
    (await loadEventTrackers(context, group)).find((tracker) => tracker.name === name) ?? null,
  Filter: (context, group, name) => loadFilter(context, group, name),
  Recipe: (context, name) => findRecipe(context, name),
  Solution: (context, group, name) => loadSolution(context, group, name),
  SolutionVersion: (context, group, solution, version) => loadVersion(context, group, solution, version),
  Campaign: (context, group, name) => loadCampaign(context, group, name),
  BatchJob: (context, group, name) => loadBatchJob(context, group, name),
  Item: (_context, group, item) => new Item(group, item),
  User: (_context, group, user) => new User(group, user),
};

/** Types that belong to no dataset group; the ids of all others begin with its name. */
const OF_NO_GROUP: ReadonlySet<string> = new Set(["Schema", "Recipe"]);

/** Anything by its id. */
@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: "Anything by its id; null when it is gone or the id is none." })
  node(
    @Arg("id", () => ID, { description: "An id from an earlier answer." }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Node | null> | null {
    const { type, parts } = fromGlobalId(id);
    const load = Object.hasOwn(LOADERS, type) ? LOADERS[type] : undefined;
    const [a = "", b = "", c = ""] = parts;
    if (!OF_NO_GROUP.has(type) && !reaches(context.caller.groups, a)) return null;
    return orNull((async () => (await load?.(context, a, b, c)) ?? null)());
  }
}
