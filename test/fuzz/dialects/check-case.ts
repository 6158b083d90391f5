import { FileRefused, type TrialImport, type TrialImports } from "@palate/datasets/testing";
import { PalateError } from "@palate/host";
import { Column } from "@palate/proto/dataset";
import type { ImportCase } from "./import-case.js";

/** What became of a file. */
export type Outcome = "imported" | "refused" | "damaged and imported" | "damaged and refused";

/** Longest time that a file may take. */
const DEADLINE_MS = 30_000;

/**
 * Imports a case's file, and checks what comes of it.
 * @throws Error that says what does not hold
 */
export async function checkCase(trials: TrialImports, drawn: ImportCase): Promise<Outcome> {
  const { name, content, folders, type, schema, mapping, damage } = drawn;
  const columns = schema.map((column) => Column.fromPartial(column));
  const signal = AbortSignal.timeout(DEADLINE_MS);
  let imported: TrialImport;
  try {
    imported = await trials.import({ name, content, folders, type, signal }, columns, mapping);
  } catch (thrown) {
    if (signal.aborted) throw new Error(`is not done after ${DEADLINE_MS / 1000} s`, { cause: thrown });
    checkRefusal(drawn, thrown);
    return damage ? "damaged and refused" : "refused";
  }
  if (damage) return "damaged and imported";
  checkRows(drawn, imported);
  return "imported";
}

/** Text of DuckDB's own errors, which no message about a sound file has. */
const INTERNAL = /(Binder|Catalog|Parser|Conversion|Invalid Input|IO|INTERNAL|Not implemented|Out of Range) Error/;

/** Throws unless a file was refused in words that lead to what is wrong with it. */
function checkRefusal({ damage, wrong, expected }: ImportCase, thrown: unknown): void {
  const said = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (!(thrown instanceof PalateError) || thrown.code !== "invalid_argument") {
    throw new Error(`fails with ${said}`, { cause: thrown });
  }
  const problems = thrown instanceof FileRefused ? thrown.problems : [];
  if (problems.length === 0) throw new Error(`is refused without a problem: ${said}`);
  for (const { line, column, message } of problems) {
    const place = line > 0 || column !== "" || /[;,]/.test(message);
    if (!place || message === "") throw new Error(`is refused without a place and a remedy: ${said}`);
  }
  if (damage) return;
  if (INTERNAL.test(said)) throw new Error(`is refused in words of DuckDB's: ${said}`);
  if (wrong === undefined) {
    if (expected.length > 0) throw new Error(`is right, and refused: ${said}`);
    return;
  }
  const found = problems.some(
    ({ line, column }) => (line === wrong.line || (wrong.line === 0 && line > 0)) && column === wrong.column,
  );
  if (!found)
    throw new Error(`is wrong in line ${wrong.line}, ${wrong.column}, and refused for something else: ${said}`);
}

function checkRows({ schema, expected, wrong, filteredRows }: ImportCase, imported: TrialImport): void {
  if (wrong) throw new Error(`is wrong in line ${wrong.line}, ${wrong.column}, and imported`);
  if (imported.rows.length !== expected.length) {
    throw new Error(`has ${expected.length} rows, of which ${imported.rows.length} were imported`);
  }
  for (const [row, values] of expected.entries()) {
    for (const { name } of schema) {
      const [right, is] = [values[name], imported.rows[row]![name]];
      if (right === is || (right === 0 && is === 0)) continue;
      throw new Error(`row ${row + 1}: ${name} is ${shown(right)} and became ${shown(is)}`);
    }
  }
  if (filteredRows !== undefined && imported.filteredRows !== filteredRows) {
    throw new Error(`has ${filteredRows} rows that its filter leaves out, and ${imported.filteredRows} are said to be`);
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 300) ?? "nothing";
}
