import { PalateError } from "@palate/host";
import { ImportProblem } from "@palate/proto/dataset";

/** Problems of a file listed in full. */
export const MAX_LISTED = 100;

/** A file that cannot be imported, with everything that was found wrong with it. */
export class FileRefused extends PalateError {
  /** The first problems in the order of the file, at most {@link MAX_LISTED}. */
  readonly problems: readonly ImportProblem[];
  /** How many rows have problems. */
  readonly problemRows: number;
  /** Rows in the file, 0 when they could not be counted. */
  readonly rows: number;

  constructor(label: string, problems: readonly ImportProblem[], problemRows: number = 0, rows: number = 0) {
    super("invalid_argument", summary(label, problems, problemRows));
    this.name = "FileRefused";
    this.problems = problems.slice(0, MAX_LISTED);
    this.problemRows = problemRows;
    this.rows = rows;
  }

  /** The same, saying which of several files it is about. */
  inFile(label: string, file: string): FileRefused {
    const problems = this.problems.map((problem) => ({ ...problem, file }));
    return new FileRefused(label, problems, this.problemRows, this.rows);
  }
}

/** A problem of one value. Long values are cut. */
export function problemAt(line: number, column: string, value: string | null, message: string): ImportProblem {
  return ImportProblem.create({ line, column, value: (value ?? "").slice(0, 200), message });
}

/** One line about a problem: where, and what. */
function sentence(label: string, problem: ImportProblem): string {
  const named = problem.file === "" ? label : `${label} file "${problem.file}"`;
  const place = problem.line > 0 ? `${named} line ${problem.line}` : problem.file === "" ? `${label} file` : named;
  return `${place}: ${problem.column === "" ? "" : `${problem.column} `}${problem.message}`;
}

function summary(label: string, problems: readonly ImportProblem[], problemRows: number): string {
  const [first] = problems;
  if (first === undefined) return `${label} file cannot be imported.`;
  const others = Math.max(problemRows, problems.length) - 1;
  const more = others > 0 ? ` (and ${others} more problem${others === 1 ? "" : "s"})` : "";
  return `${sentence(label, first)}${more}. The dataset is unchanged.`;
}
