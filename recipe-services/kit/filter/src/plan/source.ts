import type { CompiledFilter } from "./compile.js";

/** Where requests get their filters from, ready to be bound. */
export interface FilterSource {
  /**
   * The newest version of one of the dataset group's filters.
   * @throws PalateError `not_found`; `failed_precondition` when it does not fit the data any more
   */
  named(name: string): CompiledFilter;
  /** Whether there is a filter of that name. */
  has(name: string): boolean;
  /**
   * An expression as a filter; the same expression is compiled once.
   * @throws PalateError `invalid_argument` with each problem and its place
   */
  compiled(expression: string): CompiledFilter;
}
