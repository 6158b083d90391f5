import { failedPrecondition, idProblem, invalidArgument, type Violation } from "@palate/host";
import type { DatasetType } from "@palate/proto/dataset";
import { tooLarge, type Records } from "../group/commit-queue.js";
import { rulesOf } from "../schema/dataset-types.js";
import { needDataset, type DatasetEntry, type Manifest } from "../schema/manifest.js";
import { PropertyReader } from "../schema/property-reader.js";
import { sameColumns } from "../schema/schema-change.js";

/** Most records of one request. */
const MAX_RECORDS = 10_000;

/** Most bytes of one request: it becomes part of one document, which holds 16 MB. */
const MAX_BYTES = 12 * 1024 * 1024;

/** Problems listed in full; the message says how many there are. */
const MAX_VIOLATIONS = 100;

/** Gathers what is wrong with the records of a request. */
class Problems {
  readonly #list: Violation[] = [];
  #count = 0;

  add(field: string, message: string): void {
    this.#count++;
    if (this.#list.length < MAX_VIOLATIONS) this.#list.push({ field, message });
  }

  /** Throws when there are any; nothing of the request is then recorded. */
  throwIfAny(): void {
    const [first] = this.#list;
    if (first === undefined) return;
    const more = this.#count > 1 ? ` And ${this.#count - 1} more problem(s).` : "";
    throw invalidArgument(`${first.field}: ${first.message}.${more} Nothing was recorded.`, this.#list);
  }
}

/** Checks an id of a record. */
function checkId(problems: Problems, where: string, id: string, needed: boolean): void {
  if (id === "") {
    if (needed) problems.add(where, "is missing");
    return;
  }
  const problem = idProblem(id);
  if (problem !== undefined) problems.add(where, problem);
}

/** Refuses a request without records, or with too many. */
export function checkCount(count: number, what: string): void {
  if (count >= 1 && count <= MAX_RECORDS) return;
  throw invalidArgument(`${what} holds ${count} records; 1 to ${MAX_RECORDS} are right.`, [
    { field: what, message: `must hold 1 to ${MAX_RECORDS} records` },
  ]);
}

/** The bytes of a request, unless they are more than one commit can hold. */
export function sized(bytes: number): number {
  if (bytes > MAX_BYTES) throw tooLarge(bytes, MAX_BYTES);
  return bytes;
}

/** Refuses records whose dataset was deleted, or made anew with other columns, after they were checked. */
function sameDataset(group: string, dataset: DatasetEntry): (manifest: Manifest) => void {
  return (manifest) => {
    const now = needDataset(manifest, group, dataset.type);
    const same = now.createdSequence === dataset.createdSequence;
    if (same && (now.columns === dataset.columns || sameColumns(now.columns, dataset.columns))) return;
    const change = same ? "was given another schema" : "was made anew";
    throw failedPrecondition(
      `The ${rulesOf(dataset.type).label} dataset of "${group}" ${change} meanwhile; send again.`,
    );
  };
}

/** Reads the properties of records: the columns that have no field of their own in the message. */
function propertyReader(dataset: DatasetEntry, fields: Readonly<Record<string, string>>): PropertyReader {
  const columns = dataset.columns.filter((column) => !(column.name in fields));
  const { timeColumns, earliestTime, known } = rulesOf(dataset.type);
  const ranges = new Map(known.flatMap(({ name, range }) => (range ? [[name, range] as const] : [])));
  return new PropertyReader(columns, fields, timeColumns, earliestTime, ranges);
}

/** What kind of records a request holds. */
export interface RecordKind {
  /** The dataset they belong to. */
  readonly type: DatasetType;
  /** The request's field that lists them. */
  readonly list: string;
  /** Columns that have fields of their own in the message, with the fields' names. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Told what is wrong with one record. */
export interface RecordProblems {
  /** Something is wrong with a field. */
  add(field: string, message: string): void;
  /** Checks a field that holds an id. */
  id(field: string, id: string, needed: boolean): void;
}

/**
 * Checks and completes one record.
 * @returns the record, and the bytes it takes in the log, about, without its properties
 */
export type RecordCheck<R> = (record: R, problems: RecordProblems) => { readonly record: R; readonly bytes: number };

/**
 * Checks the records of a request one by one, their properties too.
 * @param checkFor makes the check of one record, for the dataset as it is now
 * @returns the records, and what {@link Records} say of them together
 * @throws PalateError `invalid_argument` with each problem and the index of its record; `failed_precondition` when the
 *   group has no such dataset
 */
export function checkEach<R extends { readonly properties: string }>(
  group: string,
  manifest: Manifest,
  { type, list, fields }: RecordKind,
  records: readonly R[],
  checkFor: (dataset: DatasetEntry) => RecordCheck<R>,
): { readonly checked: R[] } & Pick<Records, "bytes" | "check"> {
  checkCount(records.length, list);
  const dataset = needDataset(manifest, group, type);
  const reader = propertyReader(dataset, fields);
  const check = checkFor(dataset);
  const problems = new Problems();
  let total = 0;
  const checked = records.map((given, index) => {
    const where = `${list}[${index}]`;
    const { record, bytes } = check(given, {
      add: (field, message) => problems.add(`${where}.${field}`, message),
      id: (field, id, needed) => checkId(problems, `${where}.${field}`, id, needed),
    });
    const properties = reader.read(given.properties, (message) => problems.add(`${where}.properties`, message));
    total += bytes + 2 * properties.length;
    return { ...record, properties };
  });
  problems.throwIfAny();
  return { checked, bytes: sized(total), check: sameDataset(group, dataset) };
}
