import { invalidArgument } from "@palate/host";
import { ArgsType, Directive, Field, Int, ObjectType, type ClassType } from "type-graphql";

@Directive("@shareable")
@ObjectType({ simpleResolvers: true, description: "Where a page lies in its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether there is more after this page; then give endCursor as after." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Whether there is more before this page." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first edge; null on an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last edge; null on an empty page." })
  endCursor!: string | null;
}

/** Arguments of every list. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    defaultValue: 25,
    description: "Most rows to return; at least 1, at most 500 unless configured.",
  })
  first!: number;

  @Field(() => String, { nullable: true, description: "Cursor of the row to go on after; absent for the first page." })
  after?: string | null;
}

/** One row of a list. */
interface Edge<T> {
  /** The row. */
  node: T;
  /** Its place, for `after`. */
  cursor: string;
}

/** One page of a list. */
export interface Connection<T> {
  /** Rows with their cursors. */
  edges: Edge<T>[];
  /** Rows without them. */
  nodes: T[];
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** Rows of the whole list; null when a service that may have some did not answer. */
  totalCount: number | null;
}

/** Declares the connection type of a node type, named after it. */
export function connectionType<T extends object>(NodeClass: ClassType<T>, name: string): ClassType<Connection<T>> {
  @ObjectType(`${name}Edge`, { simpleResolvers: true, description: `One ${name} of a list.` })
  class EdgeType implements Edge<T> {
    @Field(() => NodeClass, { description: `The ${name}.` })
    node!: T;

    @Field(() => String, { description: "Its place in the list, to be given as after." })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { simpleResolvers: true, description: `One page of a list of ${name}.` })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType], { description: "Rows with their cursors." })
    edges!: EdgeType[];

    @Field(() => [NodeClass], { description: "The same rows without cursors." })
    nodes!: T[];

    @Field(() => PageInfo, { description: "Where the page lies in the list." })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      nullable: true,
      description: "Rows of the whole list; null when a service that may have some did not answer.",
    })
    totalCount!: number | null;
  }
  return ConnectionType;
}

/**
 * Checks the size of a page.
 * @throws PalateError `invalid_argument`
 */
export function checkFirst(first: number, maxFirst: number): void {
  if (first >= 1 && first <= maxFirst) return;
  throw invalidArgument(`first is ${first}; it must be from 1 to ${maxFirst}.`, [
    { field: "first", message: `${first} is not from 1 to ${maxFirst}.` },
  ]);
}

function toCursor(key: string): string {
  return Buffer.from(key).toString("base64url");
}

/**
 * Cuts the page out of a whole list.
 * @param rows the list in its order
 * @param keyOf what tells a row from the others
 * @param complete whether the list is known to be whole
 * @throws PalateError `invalid_argument` when `first` is out of range or `after` is no row of the list
 */
export function paginate<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  { first, after }: PageArgs,
  maxFirst: number,
  complete = true,
): Connection<T> {
  checkFirst(first, maxFirst);
  let start = 0;
  if (after !== undefined && after !== null) {
    const key = Buffer.from(after, "base64url").toString();
    start = rows.findIndex((row) => keyOf(row) === key) + 1;
    if (start === 0) {
      const message = "The cursor is no row of this list, or that row was deleted; start again without after.";
      throw invalidArgument(message, [{ field: "after", message }]);
    }
  }
  const place = { hasNextPage: start + first < rows.length, hasPreviousPage: start > 0 };
  return connectionOf(rows.slice(start, start + first), keyOf, place, complete ? rows.length : null);
}

/**
 * One page of a list that was cut elsewhere.
 * @param keyOf what tells a row from the others; its cursor is made of it
 * @param totalCount rows of the whole list; null when that is not known
 */
export function connectionOf<T>(
  nodes: T[],
  keyOf: (row: T) => string,
  place: Pick<PageInfo, "hasNextPage" | "hasPreviousPage">,
  totalCount: number | null = null,
): Connection<T> {
  const edges = nodes.map((node) => ({ node, cursor: toCursor(keyOf(node)) }));
  const [startCursor, endCursor] = [edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, nodes, pageInfo: { ...place, startCursor, endCursor }, totalCount };
}
