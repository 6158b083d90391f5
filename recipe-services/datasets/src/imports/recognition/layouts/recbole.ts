import { type ContentSample, textsAt } from "../sampling/content-sample.js";
import { roleOf } from "../column-roles.js";
import type { Layout, Plan, PlannedColumn } from "../layout.js";
import { toColumnName } from "../../../schema/column-name.js";
import { dataSet, FRACTIONAL_SECONDS, INTERACTIONS, ITEMS, NO_TIMES, USERS } from "./parts.js";

const ATOMIC = /^\w+:(token|token_seq|float|float_seq)$/;

/** RecBole's atomic files: tabs, and a header that says what each column is. */
export const RECBOLE: readonly Layout[] = [
  dataSet("RecBole atomic file", { in: "names", delimiter: "\t", fit: ATOMIC }, planOf),
];

function planOf(sample: ContentSample): Plan {
  const named = sample.columns.map((column) => ({ column, name: column.slice(0, column.indexOf(":")) }));
  const roles = new Map(named.map(({ column, name }) => [column, roleOf(name)]));
  const has = (role: string) => [...roles.values()].some((found) => found === role);
  const type = has("USER_ID") && has("ITEM_ID") ? INTERACTIONS : has("USER_ID") ? USERS : ITEMS;
  const columns: Record<string, PlannedColumn> = {};
  for (const { column, name } of named) {
    const role = roles.get(column);
    const known = role !== undefined && (type === INTERACTIONS || role === "USER_ID" || role === "ITEM_ID");
    const target = known && !(role in columns) ? role : toColumnName(name);
    columns[target] = columnOf(column, target);
  }
  const untimed = type === INTERACTIONS && columns["TIMESTAMP"] === undefined;
  if (untimed) columns["TIMESTAMP"] = { constant: "946684800" };
  return { type, csv: { delimiter: "\t", quote: "" }, columns, ...(untimed ? { warnings: [NO_TIMES] } : {}) };

  function columnOf(column: string, target: string): PlannedColumn {
    if (target === "TIMESTAMP") return { from: column, time: FRACTIONAL_SECONDS };
    if (target === "USER_ID" || target === "ITEM_ID" || target === "EVENT_VALUE") return { from: column };
    if (column.endsWith("_seq")) return { from: column, separator: " ", kind: "categorical" };
    if (column.endsWith(":float")) return { from: column, kind: "float" };
    const texts = textsAt(sample, column);
    return { from: column, kind: new Set(texts).size * 2 <= texts.length ? "categorical" : "string" };
  }
}
