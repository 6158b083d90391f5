import {
  checkLiterals,
  compileFilter,
  filterError,
  parseFilter,
  schemaOf,
  type CompiledFilter,
  type FilterColumns,
  type FilterSource,
  type RowTable,
} from "@palate/filter";
import { failedPrecondition, invalidArgument, notFound, PalateError } from "@palate/host";
import type { FilterChanges, FilterDefinition } from "@palate/proto/dataset";
import { RecentMap } from "@palate/numeric";

/** Most characters of an expression that a request brings. */
const MAX_EXPRESSION = 20_000;

/** Most filters kept compiled, with what they have computed. */
const MAX_COMPILED = 64;

/** Most names listed in a message. */
const MAX_NAMES_IN_MESSAGE = 10;

/** The filters of a dataset group over one replica: the named ones as the feed tells of them, and those of requests. */
export class ReplicaFilters implements FilterSource {
  /** What filters read. */
  readonly columns: FilterColumns;
  readonly #definitions = new Map<string, FilterDefinition>();
  /** By expression, least recently used first. */
  readonly #compiled = new RecentMap<string, CompiledFilter>(MAX_COMPILED);
  /** Those in which a request may write what is written. */
  readonly #checked = new WeakSet<CompiledFilter>();
  #columnCount: number;

  constructor(columns: FilterColumns, definitions: readonly FilterDefinition[]) {
    this.columns = columns;
    this.#columnCount = countColumns(columns);
    for (const definition of definitions) this.#definitions.set(definition.name, definition);
  }

  /** Takes in what a commit changed. */
  apply({ set, removed }: FilterChanges): void {
    for (const name of removed) this.#definitions.delete(name);
    for (const definition of set) this.#definitions.set(definition.name, definition);
  }

  has(name: string): boolean {
    return this.#definitions.has(name);
  }

  named(name: string): CompiledFilter {
    const definition = this.#definitions.get(name);
    if (definition === undefined) {
      const names = [...this.#definitions.keys()].sort();
      const known =
        names.slice(0, MAX_NAMES_IN_MESSAGE).join(", ") + (names.length > MAX_NAMES_IN_MESSAGE ? ", …" : "");
      throw notFound("filter", name, names.length === 0 ? "The dataset group has none." : `There are: ${known}.`);
    }
    try {
      return this.#compile(definition.expression);
    } catch (thrown) {
      if (!(thrown instanceof PalateError)) throw thrown;
      const resource = { resourceType: "filter", resourceName: name };
      throw failedPrecondition(`Filter "${name}" does not fit the data any more: ${thrown.message} Edit it.`, resource);
    }
  }

  compiled(expression: string): CompiledFilter {
    if (expression.length > MAX_EXPRESSION) {
      throw invalidArgument(`A filter has at most ${MAX_EXPRESSION} characters; this has ${expression.length}.`);
    }
    const filter = this.#compile(expression);
    if (this.#checked.has(filter)) return filter;
    const problems = checkLiterals(filter.expression, schemaOf(this.columns));
    if (problems.length > 0) throw filterError(problems);
    this.#checked.add(filter);
    return filter;
  }

  #compile(expression: string): CompiledFilter {
    const columnCount = countColumns(this.columns);
    // Columns are only ever added; a filter compiled before may refer to the wrong one now.
    if (columnCount !== this.#columnCount) this.#compiled.clear();
    this.#columnCount = columnCount;
    return this.#compiled.use(expression, () => compileFilter(parseFilter(expression), this.columns));
  }
}

function countColumns(columns: FilterColumns): number {
  return Object.values(columns).reduce((sum, table: Pick<RowTable, "columns">) => sum + table.columns.length, 0);
}
