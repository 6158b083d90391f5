import { operation } from "../api/operation.js";

/** What is right and wrong with a filter expression. */
export interface FilterCheck {
  readonly target: string | null;
  readonly canonical: string | null;
  readonly parameters: readonly { name: string; required: boolean }[];
  readonly problems: readonly FilterProblem[];
}

/** Something wrong with an expression; lines and columns count from 1, null where no place is meant. */
export interface FilterProblem {
  readonly line: number | null;
  readonly column: number | null;
  readonly message: string;
}

/** Checks an expression. */
export const CHECK_FILTER = operation<
  { checkFilter: FilterCheck | null },
  { datasetGroup: string; expression: string }
>(`
query CheckFilter($datasetGroup: String!, $expression: String!) {
  checkFilter(datasetGroup: $datasetGroup, expression: $expression) {
    target canonical parameters { name required } problems { line column message }
  }
}`);
