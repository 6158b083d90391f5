import "reflect-metadata";
import type { GraphQLObjectType, GraphQLSchema } from "graphql";
import { buildSchemaSync, type PubSub } from "type-graphql";
import { ActionResolver } from "../resources/action/resolver.js";
import { ApiKeyResolver } from "../resources/api-key/resolver.js";
import type { Item } from "../resources/answers/item.js";
import { AuditLogResolver } from "../resources/audit-log/resolver.js";
import { BatchJobResolver } from "../resources/batch-job/resolver.js";
import { CampaignResolver } from "../resources/campaign/resolver.js";
import { DataDeletionResolver } from "../resources/data-deletion-job/resolver.js";
import { DatasetGroupFieldsResolver } from "../resources/dataset-group/fields-resolver.js";
import { DatasetGroupResolver } from "../resources/dataset-group/resolver.js";
import { DatasetResolver } from "../resources/dataset/resolver.js";
import { FederationResolver } from "../resources/entity/federation-resolver.js";
import { NodeResolver } from "../resources/entity/node-resolver.js";
import { EventTrackerResolver } from "../resources/event-tracker/resolver.js";
import { ExportJobResolver } from "../resources/export-job/resolver.js";
import { FilterResolver } from "../resources/filter/resolver.js";
import { ImportJobResolver } from "../resources/import-job/resolver.js";
import { KeyphraseResolver } from "../resources/keyphrase/resolver.js";
import { PersonalDataResolver } from "../resources/personal-data/resolver.js";
import { RankingResolver } from "../resources/ranking/resolver.js";
import { RecipeResolver } from "../resources/recipe/resolver.js";
import { RecommendationResolver } from "../resources/recommendation/resolver.js";
import { RecordResolver } from "../resources/record/resolver.js";
import { SchemaResolver } from "../resources/schema/resolver.js";
import { SegmentResolver } from "../resources/segment/resolver.js";
import { SolutionVersionResolver } from "../resources/solution-version/resolver.js";
import { SolutionResolver } from "../resources/solution/resolver.js";
import { observeRootFields } from "../telemetry/observe-fields.js";
import { applyPermissions } from "./apply-permissions.js";
import { auditMutations } from "./audit-mutations.js";
import { readDirectly } from "./direct-readers.js";
import { refuseEmptyTexts } from "./refuse-empty-texts.js";

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
      AuditLogResolver,
      PersonalDataResolver,
      ApiKeyResolver,
      NodeResolver,
      FederationResolver,
    ],
    // The services check their own input and say precisely what is wrong; checking twice would only cost time.
    validate: false,
    pubSub: NO_PUBLISHER,
  });
  resolveItemsDirectly(schema);
  refuseEmptyTexts(schema);
  auditMutations(schema);
  describeRoots(schema);
  const guarded = applyPermissions(schema);
  observeRootFields(guarded);
  return guarded;
}

/** The builder takes descriptions of everything but the root types. */
function describeRoots(schema: GraphQLSchema): void {
  const descriptions = {
    Query: "What can be asked.",
    Mutation:
      "What can be changed. What the caller can put right comes in the payload's userErrors, anything else in errors.",
    Subscription: "What can be followed, as server-sent events at /graphql/stream.",
  };
  for (const [name, description] of Object.entries(descriptions)) {
    const root = schema.getType(name);
    if (root) root.description = description;
  }
}

/** Items are read by the hundred for one answer. */
function resolveItemsDirectly(schema: GraphQLSchema): void {
  const { attribute, attributes } = (schema.getType("Item") as GraphQLObjectType<Item>).getFields();
  if (attributes) readDirectly(attributes, { read: (item) => item.attributes() });
  if (attribute) readDirectly(attribute, { read: (item, { name }) => item.attribute(String(name)) });
}
