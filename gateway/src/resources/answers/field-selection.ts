import type { FieldNode, FragmentDefinitionNode } from "graphql";

/** The fragments of a document by name. */
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** What a query selects below the field that is being resolved; GraphQL's resolve info is one. */
export interface FieldSelection {
  /** The places in the document where the field stands, which are answered together. */
  readonly fieldNodes: readonly FieldNode[];
  /** The document's fragments. */
  readonly fragments: Fragments;
}
