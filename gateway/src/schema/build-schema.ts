import "reflect-metadata";
import type { GraphQLObjectType, GraphQLSchema } from "graphql";
import { buildSchemaSync, type PubSub } from "type-graphql";
import { BatchJobResolver } from "../resolvers/batch-job-resolver.js";
import { ActionResolver } from "../resolvers/action-resolver.js";
import { CampaignResolver } from "../resolvers/campaign-resolver.js";
import { DataDeletionResolver } from "../resolvers/data-deletion-resolver.js";
import { DatasetGroupFieldsResolver } from "../resolvers/dataset-group-fields-resolver.js";
import { DatasetGroupResolver } from "../resolvers/dataset-group-resolver.js";
import { DatasetResolver } from "../resolvers/dataset-resolver.js";
import { EventTrackerResolver } from "../resolvers/event-tracker-resolver.js";
import { ExportJobResolver } from "../resolvers/export-job-resolver.js";
import { FederationResolver } from "../resolvers/federation-resolver.js";
import { FilterResolver } from "../resolvers/filter-resolver.js";
import { ImportJobResolver } from "../resolvers/import-job-resolver.js";
import { NodeResolver } from "../resolvers/node-resolver.js";
import { RankingResolver } from "../resolvers/ranking-resolver.js";
import { RecipeResolver } from "../resolvers/recipe-resolver.js";
import { RecommendationResolver } from "../resolvers/recommendation-resolver.js";
import { RecordResolver } from "../resolvers/record-resolver.js";
import { SchemaResolver } from "../resolvers/schema-resolver.js";
import { KeyphraseResolver } from "../resolvers/keyphrase-resolver.js";
import { SegmentResolver } from "../resolvers/segment-resolver.js";
import { SolutionResolver } from "../resolvers/solution-resolver.js";
import { SolutionVersionResolver } from "../resolvers/solution-version-resolver.js";
import type { Item } from "./item.js";

/** The schema builder demands a publisher for subscriptions; ours stream straight from a service and never use it. */
const NO_PUBLISHER: PubSub = {
  publish: () => undefined,
  subscribe: () => {
    throw new Error("Subscriptions bring their own streams.");
  },
};

/** Builds the GraphQL schema from its classes. It holds no state: the context brings the services. */
export function buildGraphqlSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      RecommendationResolver,
      RankingResolver,
      SegmentResolver,
      KeyphraseResolver,
      ActionResolver,
      DatasetGroupResolver,
      DatasetGroupFieldsResolver,
      SchemaResolver,
      DatasetResolver,
      ImportJobResolver,
      ExportJobResolver,
      DataDeletionResolver,
      EventTrackerResolver,
      FilterResolver,
      RecordResolver,
      RecipeResolver,
      SolutionResolver,
      SolutionVersionResolver,
      CampaignResolver,
      BatchJobResolver,
      NodeResolver,
      FederationResolver,
    ],
    // The services check their own input and say precisely what is wrong; checking twice would only cost time.
    validate: false,
    pubSub: NO_PUBLISHER,
  });
  resolveItemsDirectly(schema);
  return schema;
}

/** The builder wraps a method into an asynchronous resolver: a promise for every item. These two only read. */
function resolveItemsDirectly(schema: GraphQLSchema): void {
  const { attribute, attributes } = (schema.getType("Item") as GraphQLObjectType<Item>).getFields();
  if (attributes) attributes.resolve = (item) => item.attributes();
  if (attribute) attribute.resolve = (item, args: { name: string }) => item.attribute(args.name);
}
