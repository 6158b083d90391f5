import { FileFormat } from "@palate/proto/dataset";
import { valueAt, type ContentSample } from "./sampling/content-sample.js";
import type { Plan, PlannedColumn } from "./layout.js";

/** How the element of a list is named that a row is made of. */
const ELEMENT = "element";

/**
 * A plan without what its file does not have: objects of JSON leave out what has no value, and a mapping may name only what
 * is there.
 */
export function withoutAbsent(plan: Plan, sample: ContentSample): Plan {
  if (sample.format === FileFormat.FILE_FORMAT_CSV || plan.sql !== undefined) return plan;
  const columns: Record<string, PlannedColumn> = {};
  const absent: string[] = [];
  for (const [name, column] of Object.entries(plan.columns)) {
    const from = typeof column.from === "string" ? [column.from] : (column.from ?? []);
    const present = from.filter((path) => has(sample, pathOf(path, plan)));
    if (from.length > 0 && present.length === 0) absent.push(name);
    else columns[name] = from.length === present.length ? column : { ...column, from: present };
  }
  if (absent.length === 0) return { ...plan, columns };
  return { ...plan, columns, notes: [...(plan.notes ?? []), `The file has nothing for ${absent.join(", ")}.`] };
}

/** Where a reference of a mapping leads in a row as it is in the file. */
function pathOf(reference: string, { explode }: Plan): string {
  if (explode === undefined || reference.split(".")[0] !== ELEMENT) return reference;
  return explode.list + reference.slice(ELEMENT.length);
}

function has(sample: ContentSample, path: string): boolean {
  return (
    sample.columns.includes(path) ||
    sample.rows.some((row) => everyElement(row, path).some((value) => value !== undefined))
  );
}

/** The values at a path, of all elements of a list on the way. */
function everyElement(row: unknown, path: string): unknown[] {
  const [first, ...rest] = path.split(".");
  const whole = valueAt(row, path);
  if (whole !== undefined || rest.length === 0) return [whole];
  const list = valueAt(row, first!);
  return Array.isArray(list) ? list.flatMap((element) => everyElement(element, rest.join("."))) : [undefined];
}
