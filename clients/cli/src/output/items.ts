import type { AnswerItem, Cause, RecommendedEdge } from "../operations/answers.js";
import type { NameValue } from "../operations/solutions.js";
import type { Output } from "./output.js";
import { table, type TableColumn } from "./table.js";
import { cut } from "./words.js";

/** Columns that hold what people call an item, best first. */
const TITLES = ["TITLE", "NAME", "PRODUCT_NAME", "ITEM_NAME", "PRODUCT_TITLE", "HEADLINE", "DESCRIPTION"];
/** Further columns that are shown beside the title. */
const MORE_COLUMNS = 2;
const WIDEST_CELL = 60;

/** What people call an item; undefined where no column says. */
function titleOf({ attributes }: AnswerItem): string | undefined {
  const name = titleColumn(attributes);
  return attributes.find((each) => each.name === name)?.value;
}

function titleColumn(attributes: readonly NameValue[]): string | undefined {
  const names = attributes.map(({ name }) => name);
  return (
    TITLES.find((title) => names.includes(title)) ??
    names.find((name) => /(^|_)(TITLE|NAME)(_|$)/.test(name.toUpperCase()))
  );
}

/** A table of items, best first, with their titles and some of their columns where there are any. */
export function showItems(edges: readonly (RecommendedEdge & { readonly givenRank?: number })[], out: Output): string {
  if (edges.length === 0) return "Nothing is left: there are no such items, or the filter lets none through.";
  const titled = edges.some(({ node }) => titleOf(node) !== undefined);
  const more = moreColumns(edges);
  const scored = edges.some(({ score }) => score !== null);
  const noted = edges.some(({ reason }) => reason !== null);
  const given = edges.some(({ givenRank }) => givenRank !== undefined);
  const caused = edges.some(({ reasons }) => reasons !== undefined);
  const columns: readonly (TableColumn | false)[] = [
    { title: "#", align: "right" },
    given && { title: "given", align: "right" },
    { title: "item" },
    titled && { title: "title" },
    ...more.map((title) => ({ title })),
    scored && { title: "score", align: "right" },
    noted && { title: "reason" },
    caused && { title: "because of" },
  ];
  const rows = edges.map(({ rank, score, reason, reasons, node, givenRank }) => [
    String(rank),
    ...(given ? [String(givenRank ?? "")] : []),
    node.itemId,
    ...(titled ? [cut(titleOf(node) ?? "", WIDEST_CELL)] : []),
    ...more.map((name) => cut(node.attributes.find((each) => each.name === name)?.value ?? "", WIDEST_CELL)),
    ...(scored ? [score === null ? "" : score.toPrecision(3)] : []),
    ...(noted ? [reason?.toLowerCase() ?? ""] : []),
    ...(caused ? [(reasons ?? []).slice(0, 3).map(causeInWords).join(", ")] : []),
  ]);
  const shown = columns.filter((column) => column !== false);
  return table(shown, rows, out.width, out.colors);
}

/** Columns beside the title, those that say something short first. */
function moreColumns(edges: readonly RecommendedEdge[]): string[] {
  const lengths = new Map<string, number>();
  for (const { node } of edges) {
    const title = titleColumn(node.attributes);
    for (const { name, value } of node.attributes)
      if (name !== title) lengths.set(name, Math.max(lengths.get(name) ?? 0, value.length));
  }
  return [...lengths]
    .filter(([, length]) => length <= WIDEST_CELL)
    .slice(0, MORE_COLUMNS)
    .map(([name]) => name);
}

function causeInWords({ kind, weight, column, value, item }: Cause): string {
  const share = `${Math.round(weight * 100)} %`;
  if (item) return `${titleOf(item) ?? item.itemId} ${share}`;
  if (column !== null) return `${column} ${value ?? ""} ${share}`;
  return `${kind.toLowerCase().replaceAll("_", " ")} ${share}`;
}
