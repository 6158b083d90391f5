import type { ValueRefusal } from "./value-text.js";

/**
 * One step on the way from a file's value to a dataset's. Each is a column of a SELECT of its own, so that what it computes
 * is computed once however often the next ones name it.
 */
export interface Step {
  /**
   * Its SQL.
   * @param before the names of the results of the steps before, the newest first
   */
  sql(before: readonly string[]): string;
  /**
   * What can be wrong with its result.
   * @param result its name
   */
  refusals?(result: string, before: readonly string[]): readonly ValueRefusal[];
}

/** A step that needs the result of the one before only. */
export function step(sql: (value: string) => string): Step {
  return { sql: ([value]) => sql(value!) };
}
