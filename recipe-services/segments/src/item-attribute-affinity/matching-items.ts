import {
  attributeFilter,
  checkLiterals,
  compileFilter,
  filterError,
  parseAttributeQuery,
  type ColumnSchema,
  type FilterColumn,
  type FilterColumns,
  schemaOf,
} from "@palate/filter";
import type { ReplicaView } from "@palate/recipe";

/** The part of a replica that decides which items match. */
export type ItemAttributes = Pick<ReplicaView, "itemCount" | "itemColumns" | "itemAttribute">;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A column as filters read it: numbers or booleans where all values are, otherwise texts. */
function columnOf(name: string, { itemCount, itemAttribute }: BoundAttributes): FilterColumn {
  const codes = new Map<string, number>();
  const values = new Int32Array(itemCount).fill(-1);
  for (let item = 0; item < itemCount; item++) {
    const text = itemAttribute(item, name);
    if (text === "") continue;
    let code = codes.get(text);
    if (code === undefined) codes.set(text, (code = codes.size));
    values[item] = code;
  }
  const dictionary = [...codes.keys()];
  const numbersOf = (toNumber: (text: string) => number): Float64Array => {
    const numbers = dictionary.map(toNumber);
    return Float64Array.from(values, (code) => (code < 0 ? Number.NaN : numbers[code]!));
  };
  if (dictionary.length > 0 && dictionary.every((text) => text === "true" || text === "false"))
    return { kind: "boolean", values: numbersOf((text) => Number(text === "true")) };
  if (dictionary.length > 0 && dictionary.every((text) => NUMBER.test(text)))
    return { kind: "number", values: numbersOf(Number) };
  return { kind: "text", dictionary, multiValued: true, values };
}

interface BoundAttributes {
  readonly itemCount: number;
  itemAttribute(item: number, column: string): string;
}

/**
 * The items as a filter's table, built for one query: only columns that the query names are read, so that a changed attribute
 * counts in the next query.
 */
function itemTable(attributes: ItemAttributes): FilterColumns {
  const columns = new Map<string, FilterColumn>();
  const bound = {
    itemCount: attributes.itemCount,
    itemAttribute: (item: number, name: string) => attributes.itemAttribute(item, name),
  };
  const column = (name: string): FilterColumn | undefined => {
    if (!columns.has(name) && attributes.itemColumns.includes(name)) columns.set(name, columnOf(name, bound));
    return columns.get(name);
  };
  const schema = attributes.itemColumns.map((name): ColumnSchema => ({
    name,
    // A getter: a column is only read when the query uses it.
    get type() {
      return column(name)!.kind;
    },
  }));
  return { Items: { count: attributes.itemCount, version: 1, columns: schema, column } };
}

/**
 * Which items match an attribute expression now.
 * @param expression `ITEMS.genres = "Comedy" AND ITEMS.year >= 1990`
 * @param now Unix time in seconds, which `now` in the expression stands for
 * @returns by item index: 1 = matches
 * @throws PalateError `invalid_argument` with line, column and what would be right, on an expression that cannot be read
 *   or names a column that items do not have
 */
export function matchingItems(attributes: ItemAttributes, expression: string, now: number): Uint8Array {
  const columns = itemTable(attributes);
  const filter = compileFilter(attributeFilter(parseAttributeQuery(expression)), columns);
  const problems = checkLiterals(filter.expression, schemaOf(columns));
  if (problems.length > 0) throw filterError(problems);
  const excluded = new Uint8Array(attributes.itemCount);
  filter.bind().mark({ now }, excluded);
  return excluded.map((out) => 1 - out);
}
