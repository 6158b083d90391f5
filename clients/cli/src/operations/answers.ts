import { operation } from "../api/operation.js";
import type { NameValue } from "./solutions.js";

/** Which items, users or actions an answer may have. */
export interface FilterQuery {
  readonly filter: string | null;
  readonly filterExpression: string | null;
  readonly filterValues: readonly { name: string; values: readonly string[] }[] | null;
}

const FILTER_VARIABLES = "$filter: String, $filterExpression: String, $filterValues: [FilterValueInput!]";
const FILTER_ARGUMENTS = "filter: $filter, filterExpression: $filterExpression, filterValues: $filterValues";

/** An item with columns of the items dataset. */
export interface AnswerItem {
  readonly itemId: string;
  readonly attributes: readonly NameValue[];
}

/** One recommended item. */
export interface RecommendedEdge {
  readonly rank: number;
  readonly score: number | null;
  readonly reason: string | null;
  readonly reasons?: readonly Cause[];
  readonly node: AnswerItem;
}

/** What speaks for an item. */
export interface Cause {
  readonly kind: string;
  readonly weight: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly item: { readonly itemId: string; readonly attributes: readonly NameValue[] } | null;
}

/** A list of recommended items. */
export interface Recommendations {
  readonly recommendationId: string;
  readonly versionId: string;
  /** Interactions of the user that it rests on. */
  readonly historyLength: number;
  readonly edges: readonly RecommendedEdge[];
}

/** A question for recommendations. */
export interface RecommendationQuery extends FilterQuery {
  readonly datasetGroup: string;
  readonly campaign: string;
  readonly userId: string | null;
  readonly itemId: string | null;
  readonly first: number;
  readonly columns: readonly string[];
  readonly seenItems: "EXCLUDE" | "INCLUDE" | null;
  readonly context: Readonly<Record<string, string>> | null;
  readonly withReasons: boolean;
}

/** Asks for recommended or related items. */
export const RECOMMENDATIONS = operation<{ recommendations: Recommendations | null }, RecommendationQuery>(`
query Recommendations(
  $datasetGroup: String!, $campaign: String!, $userId: ID, $itemId: ID, $first: Int!, $columns: [String!]
  $seenItems: SeenItems, $context: JSONObject, $withReasons: Boolean!, ${FILTER_VARIABLES}
) {
  recommendations(
    datasetGroup: $datasetGroup, campaign: $campaign, userId: $userId, itemId: $itemId, first: $first
    metadataColumns: $columns, seenItems: $seenItems, context: $context, ${FILTER_ARGUMENTS}
  ) {
    recommendationId versionId historyLength
    edges {
      rank score reason
      reasons @include(if: $withReasons) { kind weight column value item { itemId attributes { name value } } }
      node { itemId attributes { name value } }
    }
  }
}`);

/** A list of the caller's in the order of what a user is likely to choose. */
export interface Ranking {
  readonly recommendationId: string;
  readonly versionId: string;
  readonly historyLength: number;
  readonly edges: readonly (RecommendedEdge & { readonly givenRank: number })[];
}

/** A question for a ranking. */
export interface RankingQuery extends FilterQuery {
  readonly datasetGroup: string;
  readonly campaign: string;
  readonly userId: string;
  readonly itemIds: readonly string[];
  readonly callerWeight: number;
  readonly columns: readonly string[];
  readonly context: Readonly<Record<string, string>> | null;
}

/** Asks for a ranking. */
export const RANKING = operation<{ personalizedRanking: Ranking | null }, RankingQuery>(`
query Ranking(
  $datasetGroup: String!, $campaign: String!, $userId: ID!, $itemIds: [ID!]!, $callerWeight: Float!, $columns: [String!]
  $context: JSONObject, ${FILTER_VARIABLES}
) {
  personalizedRanking(
    datasetGroup: $datasetGroup, campaign: $campaign, userId: $userId, itemIds: $itemIds, callerWeight: $callerWeight
    metadataColumns: $columns, context: $context, ${FILTER_ARGUMENTS}
  ) {
    recommendationId versionId historyLength
    edges { rank givenRank score reason node { itemId attributes { name value } } }
  }
}`);

/** Users found. */
export interface SegmentAnswer {
  readonly versionId: string;
  readonly reason: string | null;
  readonly edges: readonly { rank: number; score: number | null; node: { userId: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A question for users. */
export interface SegmentQuery extends FilterQuery {
  readonly datasetGroup: string;
  readonly campaign: string;
  readonly itemId: string | null;
  readonly itemAttributes: string | null;
  readonly segmentId: string | null;
  readonly first: number;
  readonly after: string | null;
}

/** Asks for users. */
export const SEGMENT = operation<{ segment: SegmentAnswer | null }, SegmentQuery>(`
query Segment(
  $datasetGroup: String!, $campaign: String!, $itemId: ID, $itemAttributes: String, $segmentId: String
  $first: Int!, $after: String, ${FILTER_VARIABLES}
) {
  segment(
    datasetGroup: $datasetGroup, campaign: $campaign, itemId: $itemId, itemAttributes: $itemAttributes
    segmentId: $segmentId, first: $first, after: $after, ${FILTER_ARGUMENTS}
  ) {
    versionId reason
    edges { rank score node { userId } }
    pageInfo { hasNextPage endCursor }
  }
}`);

/** A segment that a model has found by itself. */
export interface FoundSegment {
  readonly id: string;
  readonly label: string;
  readonly users: number;
}

/** The segments that a model has found by itself. */
export const SEGMENTS = operation<
  { segments: readonly FoundSegment[] | null },
  { datasetGroup: string; campaign: string }
>(`
query Segments($datasetGroup: String!, $campaign: String!) {
  segments(datasetGroup: $datasetGroup, campaign: $campaign) { id label users }
}`);
