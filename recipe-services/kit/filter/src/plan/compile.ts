import { RecentMap } from "@palate/numeric";
import {
  filterParameters,
  readParameters,
  type FilterParameter,
  type FilterParameters,
  type ParameterValues,
} from "../language/parameters.js";
import { columnConditions, valuesOf, type Dataset, type FilterExpression } from "../language/syntax.js";
import { filterError } from "../schema/check-text.js";
import { checkFilter } from "../schema/check.js";
import { ROWS, schemaOf, type FilterColumns, type RowTable } from "../schema/columns.js";
import { BoundFilter } from "./bound-filter.js";
import { NodeBuilder, type Scope } from "./build.js";
import { isEventDataset, planClause, type ClausePlan } from "./plan.js";

/** Most sets of parameter values whose compiled nodes are cached; fewer where masks are large. */
const KEPT_BINDINGS = 32;

/** About how many bytes the masks of those take when each has one. */
const KEPT_BYTES = 4 << 20;

/** A filter made ready for one dataset group's columns. */
export class CompiledFilter {
  /** What was compiled. */
  readonly expression: FilterExpression;
  /** Its parameters, in the order in which they are written. */
  readonly parameters: readonly FilterParameter[];
  /** Whether it asks about the user of a request: with CurrentUser, or with interactions of the user. */
  readonly needsUser: boolean;
  /** Whether it asks about the item of a request; only recipes for related items have one. */
  readonly needsCurrentItem: boolean;
  readonly #columns: FilterColumns;
  readonly #rows: RowTable;
  readonly #plans: readonly ClausePlan[];
  readonly #scope: Scope;
  readonly #bindings = new RecentMap<string, BoundFilter>(() =>
    Math.min(KEPT_BINDINGS, Math.max(2, Math.floor(KEPT_BYTES / this.#rows.count))),
  );

  /** Made by {@link compileFilter}, which checks what is assumed here. */
  constructor(expression: FilterExpression, columns: FilterColumns, rows: RowTable) {
    this.expression = expression;
    this.parameters = filterParameters(expression);
    const datasets = datasetsOf(expression);
    const asksUser = (dataset: Dataset): boolean => dataset === "CurrentUser" || isEventDataset(dataset);
    this.needsUser = expression.target !== "UserID" && datasets.some(asksUser);
    this.needsCurrentItem = datasets.includes("CurrentItem");
    this.#columns = columns;
    this.#rows = rows;
    this.#plans = expression.clauses.map((clause) => planClause(clause, expression.target));
    this.#scope = { target: expression.target, columns, shared: new Map() };
  }

  /**
   * The filter with values for its parameters. The expression is not compiled again, and the same values give the same
   * object, with the masks that it has computed, as long as it is among the last ones (32, or fewer of a very large catalogue).
   * @throws PalateError invalid_argument when a value is missing, unknown, unreadable or of the wrong type
   */
  bind(parameters: FilterParameters = {}): BoundFilter {
    const values = readParameters(this.parameters, parameters);
    const key = JSON.stringify(this.parameters.map(({ name }) => values.get(name) ?? null));
    return this.#bindings.use(key, () => this.#make(values));
  }

  #make(values: ParameterValues): BoundFilter {
    const builder = new NodeBuilder(this.#scope, values);
    const clauses = this.#plans.map(({ clause, where, when }) => ({
      clause,
      where: builder.node(where),
      when: when && builder.node(when),
    }));
    return new BoundFilter(this.expression.target, this.#columns, this.#rows, clauses);
  }
}

/**
 * Makes a filter ready for columns, once; requests then {@link CompiledFilter.bind} their parameters. The columns are read
 * anew at every use. When a column comes or goes, compile again.
 * @throws PalateError invalid_argument naming every column that is not there and every comparison that makes no sense
 */
export function compileFilter(expression: FilterExpression, columns: FilterColumns): CompiledFilter {
  const rows = columns[ROWS[expression.target]];
  const problems = checkFilter(expression, schemaOf(columns));
  if (rows !== undefined && problems.length === 0) return new CompiledFilter(expression, columns, rows);
  throw filterError(problems);
}

function datasetsOf({ clauses }: FilterExpression): readonly Dataset[] {
  const conditions = clauses.flatMap(({ where, when }) => (when === undefined ? [where] : [where, when]));
  return conditions.flatMap(columnConditions).flatMap((condition) => {
    const operands = valuesOf(condition).flatMap((value) => (value.kind === "field" ? [value.dataset] : []));
    return [condition.field.dataset, ...operands];
  });
}
