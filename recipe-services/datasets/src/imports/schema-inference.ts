import { invalidArgument, PalateError } from "@palate/host";
import type { DatasetType } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { columnKey, toColumnName } from "../schema/column-name.js";
import { rulesOf, type DatasetTypeRules } from "../schema/dataset-types.js";
import { DuckDb, identifier, queryRows, withDuckDbErrors, type DuckDbLimits } from "../storage/duckdb.js";
import { csvRows, jsonRows, parquetRows } from "../storage/read-files.js";
import { csvFormat } from "./load/csv-dialect.js";
import { readFirstRecord } from "./load/csv-header.js";
import { FileRefused, problemAt } from "./staging/file-problem.js";
import type { Locations } from "./locations.js";
import { needReadableParquet } from "./load/parquet-guard.js";
import { refusingUnreadable } from "./load/reading-errors.js";
import type { Source } from "./sources/source.js";
import { stageFile, type StagedFile } from "./staging/stage-file.js";

/** Rows looked at. */
const SAMPLE_ROWS = 20_000;

/** Bytes looked at. */
const SAMPLE_BYTES = 8 * 1024 * 1024;

/** Most columns of a file that a schema is proposed for. */
const MAX_COLUMNS = 2_000;

/** Time that looking at a file may take; whoever asked waits for the answer. */
const INFERENCE_MS = 60_000;

/** Average characters from which on text is taken for prose. */
const PROSE_LENGTH = 40;

/** Most distinct values of a categorical column without "|". */
const MAX_CATEGORIES = 100;

/** A proposed schema. */
export interface InferredSchema {
  /** The Avro record as JSON text. */
  readonly schema: string;
  /** What was guessed and why, one sentence each. */
  readonly notes: string[];
}

/** What the sample says about one column. */
interface ColumnSample {
  readonly name: string;
  readonly filled: number;
  readonly distinct: number;
  readonly whole: number;
  readonly decimal: number;
  readonly boolean: number;
  readonly lists: number;
  readonly length: number;
}

type Field = { name: string; type: string | [string, "null"]; categorical?: true; textual?: true };

/** Proposes schemas from files. */
export class SchemaInference {
  readonly #locations: Locations;
  readonly #limits: DuckDbLimits;
  readonly #maxBytes: number;

  /** @param maxBytes most bytes of a Parquet file, which has to be fetched whole */
  constructor(locations: Locations, limits: DuckDbLimits, maxBytes: number) {
    this.#locations = locations;
    this.#limits = limits;
    this.#maxBytes = maxBytes;
  }

  /**
   * Proposes a schema from a file's columns and first rows; of a folder or pattern, the first file is looked at. Throws
   * `invalid_argument` when it cannot be read.
   */
  async infer(location: string, type: DatasetType): Promise<InferredSchema> {
    const rules = rulesOf(type);
    const signal = AbortSignal.timeout(INFERENCE_MS);
    const sources = await this.#locations.find([location], signal);
    const work = path.join(this.#limits.folder, `infer-${randomUUID()}`);
    await mkdir(work, { recursive: true });
    const duckdb = await DuckDb.open(this.#limits);
    try {
      const { source, staged } = await this.#stageFirst(rules.label, sources, path.join(work, "plain"), signal);
      const proposed = propose(
        rules,
        await withDuckDbErrors(this.#limits, signal, () =>
          refusingUnreadable(rules.label, staged.path, () =>
            sampleColumns(duckdb, rules.label, staged, this.#maxBytes),
          ),
        ),
      );
      if (sources.length === 1) return proposed;
      const first = source === sources[0] ? "the first" : "the first that is not empty";
      const note = `Of ${sources.length} files only ${first}, ${source.location}, was looked at.`;
      return { ...proposed, notes: [...proposed.notes, note] };
    } catch (thrown) {
      if (thrown instanceof FileRefused) throw invalidArgument(thrown.message);
      if (signal.aborted) throw new PalateError("deadline_exceeded", `"${location}" could not be read in time.`);
      throw thrown;
    } finally {
      duckdb.close();
      await rm(work, { recursive: true, force: true });
    }
  }

  /** Stages the first file that is not empty. */
  async #stageFirst(label: string, sources: readonly Source[], target: string, signal: AbortSignal) {
    const limits = { maxBytes: this.#maxBytes, sampleBytes: SAMPLE_BYTES, signal };
    for (const source of sources) {
      const staged = await stageFile(label, source, target, limits);
      if (staged !== undefined) return { source, staged };
    }
    throw new FileRefused(label, [problemAt(0, "", "", "is empty; it needs a header line and rows")]);
  }
}

function sourceOf(staged: StagedFile): string {
  switch (staged.format) {
    case "csv":
      return csvRows(
        staged.path,
        `header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', ignore_errors = true`,
      );
    case "jsonl":
      return jsonRows(staged.path, `ignore_errors = true, sample_size = ${SAMPLE_ROWS}`);
    case "parquet":
      return parquetRows(staged.path);
  }
}

/** Refuses files of which no schema could be made, before DuckDB has to hold their columns. */
function tooManyColumns(label: string, found: string): FileRefused {
  const message = `has ${found} columns; a schema is proposed for at most ${MAX_COLUMNS}`;
  return new FileRefused(label, [problemAt(1, "", "", message)]);
}

async function sampleColumns(
  duckdb: DuckDb,
  label: string,
  staged: StagedFile,
  maxBytes: number,
): Promise<ColumnSample[]> {
  if (staged.format === "csv") {
    const { values: header } = await readFirstRecord(staged.path, csvFormat());
    if (header === undefined || header.length > MAX_COLUMNS) {
      throw tooManyColumns(label, header === undefined ? "very many" : String(header.length));
    }
  }
  return duckdb.with(async (connection) => {
    if (staged.format === "parquet") await needReadableParquet(connection, label, staged.path, maxBytes);
    const source = sourceOf(staged);
    const described = await queryRows(connection, `DESCRIBE SELECT * FROM ${source}`);
    if (described.length > MAX_COLUMNS) throw tooManyColumns(label, String(described.length));
    const names = described.map((row) => String(row["column_name"]));
    const texts = described.map((row) => {
      const name = identifier(String(row["column_name"]));
      const list = String(row["column_type"]).endsWith("[]");
      return `${list ? `array_to_string(${name}, '|')` : `nullif(${name}::VARCHAR, '')`} AS ${name}`;
    });
    await connection.run(`CREATE TEMP TABLE sample AS SELECT ${texts.join(", ")} FROM ${source} LIMIT ${SAMPLE_ROWS}`);
    const samples: ColumnSample[] = [];
    for (const name of names) {
      const column = identifier(name);
      const matching = (pattern: string) => `count(*) FILTER (regexp_full_match(${column}, '${pattern}'))`;
      const [row] = await queryRows(
        connection,
        `SELECT count(${column}) AS filled, count(DISTINCT ${column}) AS "distinct", ${matching("-?[0-9]{1,18}")} AS whole,
           ${matching("-?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?")} AS decimal,
           ${matching("(?i:true|false)")} AS "boolean", count(*) FILTER (contains(${column}, '|')) AS lists,
           coalesce(avg(length(${column})), 0) AS length FROM sample`,
      );
      const figure = (key: string) => Number(row?.[key] ?? 0);
      samples.push({
        name,
        filled: figure("filled"),
        distinct: figure("distinct"),
        whole: figure("whole"),
        decimal: figure("decimal"),
        boolean: figure("boolean"),
        lists: figure("lists"),
        length: figure("length"),
      });
    }
    return samples;
  });
}

function propose(rules: DatasetTypeRules, samples: readonly ColumnSample[]): InferredSchema {
  const notes: string[] = [];
  const fields = samples.map((sample) => proposeField(rules, sample, notes));
  for (const known of rules.known) {
    if (known.required && !fields.some((field) => field.name === known.name)) {
      notes.push(
        `The file has no column for ${known.name}, which ${rules.label} need; rename the column that holds it.`,
      );
      fields.push({ name: known.name, type: known.types[0]! });
    }
  }
  const record = {
    type: "record",
    name: rules.label,
    namespace: "com.amazonaws.personalize.schema",
    fields,
    version: "1.0",
  };
  return { schema: JSON.stringify(record, null, 2), notes };
}

function proposeField(rules: DatasetTypeRules, sample: ColumnSample, notes: string[]): Field {
  const known = rules.known.find((candidate) => columnKey(candidate.name) === columnKey(toColumnName(sample.name)));
  const name = known?.name ?? toColumnName(sample.name);
  if (name !== sample.name) notes.push(`${sample.name} is called ${name}: schema columns are written in capitals.`);
  if (known) return { name, type: known.required ? known.types[0]! : [known.types[0]!, "null"] };
  const { filled } = sample;
  if (filled === 0) {
    notes.push(`${name} is empty in the rows looked at; it was taken for text.`);
    return { name, type: ["string", "null"] };
  }
  if (sample.boolean === filled) return { name, type: ["boolean", "null"] };
  if (sample.whole === filled) {
    notes.push(`${name} holds whole numbers only; change it to a string if they are codes.`);
    return { name, type: ["long", "null"] };
  }
  if (sample.decimal === filled) return { name, type: ["float", "null"] };
  if (sample.lists > 0) {
    notes.push(`${name} is categorical: values are joined by "|".`);
    return { name, type: ["string", "null"], categorical: true };
  }
  if (rules.label === "Items" && sample.length >= PROSE_LENGTH) {
    notes.push(`${name} is textual: ${Math.round(sample.length)} characters on average.`);
    return { name, type: ["string", "null"], textual: true };
  }
  if (sample.distinct <= MAX_CATEGORIES && sample.distinct * 2 <= filled) {
    notes.push(`${name} is categorical: ${sample.distinct} distinct values in ${filled} rows.`);
    return { name, type: ["string", "null"], categorical: true };
  }
  return { name, type: ["string", "null"] };
}
