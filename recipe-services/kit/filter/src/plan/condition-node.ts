import type { ColumnCondition } from "../language/syntax.js";
import { conditionText, fieldText } from "../language/to-text.js";
import type { Matcher } from "../matching/matcher.js";
import type { Evaluation } from "../matching/evaluation.js";
import { ID_COLUMNS, type FilterColumn, type TableName } from "../schema/columns.js";
import { matcherOf } from "./match-condition.js";
import type { MaskNode, Uses } from "./node.js";

/** A condition on one column of the rows themselves. */
export class RowConditionNode implements MaskNode {
  readonly uses: Uses;

  /**
   * @param place the column's dataset and its exact name
   * @param condition the condition with its parameters' values
   */
  constructor(
    private readonly place: { readonly table: TableName; readonly name: string },
    private readonly column: FilterColumn,
    private readonly matcher: Matcher,
    private readonly condition: ColumnCondition,
  ) {
    const { usesNow, usesCurrentItem } = matcher;
    const { table } = place;
    const tables = usesCurrentItem && table !== "Items" ? [table, "Items" as const] : [table];
    this.uses = { tables, user: false, now: usesNow, currentItem: usesCurrentItem };
  }

  mask(evaluation: Evaluation): Uint8Array {
    const { column, matcher } = this.#looksAt(evaluation);
    const { values } = column;
    const mask = evaluation.scratch.take(evaluation.count);
    const known = Math.max(0, Math.min(values.length - evaluation.from, evaluation.count));
    matcher.prepare(evaluation);
    matcher.fill(evaluation.from === 0 ? values : values.subarray(evaluation.from), mask, known);
    // Rows without a value never meet a condition.
    return mask.fill(0, known, evaluation.count);
  }

  explain(row: number, evaluation: Evaluation): string {
    const { column, matcher } = this.#looksAt(evaluation);
    matcher.prepare(evaluation);
    return conditionSentence(this.condition, column, column.values[row], matcher);
  }

  /** The rows' own column; for unknown ids themselves where the column holds ids, else nothing. */
  #looksAt({ unknownIds, columns }: Evaluation): { readonly column: FilterColumn; readonly matcher: Matcher } {
    const { column, matcher, condition } = this;
    if (unknownIds === undefined) return { column, matcher };
    if (ID_COLUMNS[this.place.table] !== this.place.name || column.kind !== "text")
      return { column: WITHOUT_VALUES, matcher };
    return { column: unknownIds, matcher: matcherOf(condition, unknownIds, columns) };
  }
}

/** A column that has no value for any row. */
const WITHOUT_VALUES: FilterColumn = { kind: "number", values: new Float64Array(0) };

/** A condition on a column of CurrentUser or CurrentItem: the same for all rows. */
export class FixedConditionNode implements MaskNode {
  readonly uses: Uses;

  /** @param whose which of the two */
  constructor(
    private readonly whose: "user" | "currentItem",
    private readonly column: FilterColumn,
    private readonly matcher: Matcher,
    private readonly condition: ColumnCondition,
  ) {
    const isItem = whose === "currentItem";
    this.uses = {
      tables: [isItem ? "Items" : "Users"],
      user: !isItem,
      now: matcher.usesNow,
      currentItem: isItem || matcher.usesCurrentItem,
    };
  }

  mask(evaluation: Evaluation): Uint8Array {
    const value = this.column.values[evaluation[this.whose]];
    this.matcher.prepare(evaluation);
    const result = value !== undefined && this.matcher.matches(value);
    return evaluation.scratch.take(evaluation.count).fill(result ? 1 : 0, 0, evaluation.count);
  }

  explain(_: number, evaluation: Evaluation): string {
    this.matcher.prepare(evaluation);
    return conditionSentence(this.condition, this.column, this.column.values[evaluation[this.whose]], this.matcher);
  }
}

/** `Items.PRICE < 10 does not hold: PRICE is 12.` */
function conditionSentence(
  condition: ColumnCondition,
  column: FilterColumn,
  value: number | undefined,
  matcher: Matcher,
): string {
  const result = value !== undefined && matcher.matches(value) ? "holds" : "does not hold";
  const name = fieldText(condition.field);
  return `${conditionText(condition)} ${result}: ${name} ${valueInWords(column, value)}.`;
}

/** `is "drama|horror"`, or `has no value`. */
function valueInWords(column: FilterColumn, value: number | undefined): string {
  const none = "has no value";
  if (value === undefined || Number.isNaN(value)) return none;
  if (column.kind !== "text") return `is ${column.kind === "number" ? value : value === 1}`;
  const text = column.dictionary[value];
  return text === undefined ? none : `is ${JSON.stringify(text)}`;
}
