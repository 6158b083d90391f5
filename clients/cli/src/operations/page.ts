/** A page of a list. */
export interface PageOf<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo?: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}
