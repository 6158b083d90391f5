import type { TrialImports } from "@palate/datasets/testing";
import { Column, ImportMapping } from "@palate/proto/dataset";
import type { Outcome } from "./check-case.js";
import type { InferredCase } from "./inferred-case.js";

/** Longest time that a file may take. */
const DEADLINE_MS = 30_000;

interface Field {
  readonly name: string;
  readonly type: string | readonly string[];
  readonly categorical?: boolean;
}

/**
 * Imports a file as is proposed for it, and checks that its values come back.
 * @throws Error that says what does not hold
 */
export async function checkInferred(trials: TrialImports, drawn: InferredCase): Promise<Outcome> {
  const { name, content, type, expected } = drawn;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const proposal = await trials.infer({ name, content, type, signal });
  if (proposal === undefined) throw new Error("is said to be empty");
  const { fields } = JSON.parse(proposal.schema) as { fields: readonly Field[] };
  const columns = fields.map(columnOf);
  const mapping = proposal.mapping && (ImportMapping.toJSON(proposal.mapping) as object);
  const { rows } = await trials.import({ name, content, type, signal }, columns, mapping);
  for (const [column, values] of expected) {
    if (!columns.some((each) => each.name === column)) {
      if (values.every((value) => value === null)) continue;
      throw new Error(`has a column ${column} that the proposed schema leaves out: ${proposal.schema}`);
    }
    if (rows.length !== values.length)
      throw new Error(`has ${values.length} rows, of which ${rows.length} were imported`);
    for (const [row, value] of values.entries()) {
      const is = rows[row]![column];
      if (same(value, is)) continue;
      throw new Error(
        `row ${row + 1}: ${column} is ${JSON.stringify(value)} and became ${JSON.stringify(is)} as proposed`,
      );
    }
  }
  return "imported";
}

function columnOf({ name, type, categorical = false }: Field): Column {
  const types = typeof type === "string" ? [type] : type;
  const nullable = types.includes("null");
  return Column.fromPartial({ name, type: types.find((each) => each !== "null")!, nullable, categorical });
}

function same(value: string | null, is: unknown): boolean {
  if (value === null || is === null || is === undefined) return value === (is ?? null);
  return String(is as string) === value || (typeof is === "number" && is === Number(value));
}
