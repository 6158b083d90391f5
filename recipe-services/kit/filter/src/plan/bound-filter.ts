import type { FilterClause, Target } from "../language/syntax.js";
import { toText } from "../language/to-text.js";
import { markInto, orInto } from "../matching/mask.js";
import { scratchPool, type FilterContext, type Evaluation } from "../matching/evaluation.js";
import type { FilterColumns, RowTable } from "../schema/columns.js";
import { holds, type MaskNode } from "./node.js";

/** A clause with nodes for some values of its parameters. */
export interface BoundClause {
  readonly clause: FilterClause;
  readonly where: MaskNode;
  readonly when: MaskNode | undefined;
}

/** A filter with values for its parameters, over live columns: each call sees the data as they are at that moment. */
export class BoundFilter {
  readonly #target: Target;
  readonly #columns: FilterColumns;
  readonly #rows: RowTable;
  readonly #clauses: readonly BoundClause[];

  /** Made by {@link CompiledFilter.bind}. */
  constructor(target: Target, columns: FilterColumns, rows: RowTable, clauses: readonly BoundClause[]) {
    this.#target = target;
    this.#columns = columns;
    this.#rows = rows;
    this.#clauses = clauses;
  }

  /**
   * Sets `excluded[row]` to 1 for each item (or user, or action) that the filter excludes, and leaves the others as they
   * are, so several filters may mark the same array. Rows beyond the array's length are skipped.
   * @param from the first row to look at, a multiple of four; default 0
   * @param to the row before which to stop; default: after the last. Millions of users are best marked in parts, with yields
   *   in between
   */
  mark(context: FilterContext, excluded: Uint8Array, from = 0, to = Infinity): void {
    const all = this.#evaluation(context);
    const count = Math.min(to, all.count) - from;
    if (count <= 0) return;
    this.#mark({ ...all, from, count }, from === 0 ? excluded : excluded.subarray(from));
  }

  /**
   * The same for ids that are not known, different ones: sets `excluded[n]` to 1 where the filter excludes the n-th. What is not
   * known has an id and no other value, so an INCLUDE has it only for what holds without a value.
   */
  markUnknown(context: FilterContext, ids: readonly string[], excluded: Uint8Array): void {
    if (ids.length > 0) this.#mark(this.#unknown(context, ids), excluded);
  }

  #mark(evaluation: Evaluation, marked: Uint8Array): void {
    const active = this.#clauses.filter((clause) => isActive(clause, evaluation));
    let included: Uint8Array | undefined;
    for (const { clause, where } of active) {
      const isFirst = clause.action === "INCLUDE" && included === undefined;
      if (isFirst) included = evaluation.scratch.take(evaluation.count).fill(0, 0, evaluation.count);
      const { level } = evaluation.scratch;
      const mask = where.mask(evaluation);
      if (clause.action === "EXCLUDE") markInto(marked, mask, evaluation.count, 1);
      else orInto(included!, mask, evaluation.count);
      evaluation.scratch.release(level);
    }
    if (included !== undefined) markInto(marked, included, evaluation.count, 0);
  }

  /**
   * Why an item (or user, or action) that there is is excluded or included, one line for each expression that decides it.
   * @example
   * // EXCLUDE ItemID WHERE Items.GENRE IN ("horror")
   * // removes it: Items.GENRE IN ("horror") holds: Items.GENRE is "drama|horror".
   */
  explain(context: FilterContext, row: number): string {
    return this.#explain(this.#evaluation(context), row);
  }

  /** Why an id that is not known is excluded or included; see {@link markUnknown}. */
  explainUnknown(context: FilterContext, id: string): string {
    return `${this.#explain(this.#unknown(context, [id]), 0)}\nIt is not known: it has no value but its id.`;
  }

  #explain(evaluation: Evaluation, row: number): string {
    const verdicts = this.#clauses.map((bound) => this.#verdict(bound, row, evaluation));
    const removing = verdicts.filter(({ effect }) => effect === "removes");
    const including = verdicts.filter(({ effect }) => effect === "includes");
    const lacking = verdicts.filter(({ effect }) => effect === "lacks");
    const leftOut = including.length > 0 ? [] : lacking;
    const kept = removing.length + leftOut.length === 0;
    const summary = kept ? "Let through." : removing.length > 0 ? "Removed." : "Left out.";
    const decisive = kept ? verdicts : [...removing, ...leftOut];
    return [summary, ...decisive.map(({ text }) => text)].join("\n");
  }

  #verdict(
    bound: BoundClause,
    row: number,
    evaluation: Evaluation,
  ): { effect: "removes" | "includes" | "lacks" | "none"; text: string } {
    const { clause, where, when } = bound;
    const text = toText({ target: this.#target, clauses: [clause] });
    if (when !== undefined && !isActive(bound, evaluation)) {
      return { effect: "none", text: `${text}\ndoes not apply: ${when.explain(0, evaluation)}` };
    }
    const result = holds(where, row, evaluation);
    const because = where.explain(row, evaluation);
    const since = when === undefined ? "" : ` It applies: ${when.explain(0, evaluation)}`;
    if (clause.action === "EXCLUDE") {
      const verb = result ? "removes it" : "does not remove it";
      return { effect: result ? "removes" : "none", text: `${text}\n${verb}: ${because}${since}` };
    }
    const verb = result ? "includes it" : "does not include it";
    return { effect: result ? "includes" : "lacks", text: `${text}\n${verb}: ${because}${since}` };
  }

  #unknown(context: FilterContext, ids: readonly string[]): Evaluation {
    const values = Int32Array.from(ids, (_, place) => place);
    const unknownIds = { kind: "text", multiValued: false, dictionary: ids, values } as const;
    return { ...this.#evaluation(context), count: ids.length, unknownIds };
  }

  #evaluation({ user = -1, currentItem = -1, now }: FilterContext): Evaluation {
    const { count } = this.#rows;
    const scratch = scratchPool(this.#columns);
    scratch.release(0);
    return { columns: this.#columns, from: 0, count, user, currentItem, now: Math.floor(now), scratch };
  }
}

/** Whether the condition after IF holds. It is about the user alone, so one row is enough to tell. */
function isActive({ when }: BoundClause, evaluation: Evaluation): boolean {
  return when === undefined || holds(when, 0, evaluation);
}
