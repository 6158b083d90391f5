import type { DuckDBConnection } from "@duckdb/node-api";
import { invalidArgument, PalateError } from "@palate/host";
import { DatasetType, InferSchemaResponse, type InferSchemaRequest } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { rulesOf } from "../../schema/dataset-types.js";
import { DuckDb, withDuckDbErrors, type DuckDbLimits } from "../../storage/duckdb.js";
import type { Locations } from "../locations.js";
import { FileRefused } from "../staging/file-problem.js";
import { inferFile } from "./infer-file.js";

/** Time that looking at a file may take; whoever asked waits for the answer. */
const INFERENCE_MS = 60_000;

/** Proposes schemas and mappings from files. */
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
   * Proposes a schema, and a mapping where one is needed, from a file's columns and first rows; of a folder or pattern, the
   * first file is looked at. Throws `invalid_argument` when it cannot be read.
   */
  async infer({ location, datasetType, mapping }: InferSchemaRequest): Promise<InferSchemaResponse> {
    const type = datasetType === DatasetType.DATASET_TYPE_UNSPECIFIED ? undefined : rulesOf(datasetType).type;
    const signal = AbortSignal.timeout(INFERENCE_MS);
    const [source, ...others] = await this.#locations.find([location], signal, mapping);
    if (source === undefined) throw invalidArgument(`"${location}" holds no file.`);
    try {
      const inferred = await this.#withDuckDb(signal, (connection, work) =>
        inferFile(connection, { source, type, mapping, work, maxBytes: this.#maxBytes, signal }),
      );
      if (others.length === 0) return InferSchemaResponse.fromPartial(inferred);
      const note = `Of ${others.length + 1} files only the first, ${source.location}, was looked at.`;
      return InferSchemaResponse.fromPartial({ ...inferred, notes: [...inferred.notes, note] });
    } catch (thrown) {
      if (thrown instanceof FileRefused) throw invalidArgument(thrown.message);
      if (signal.aborted) throw new PalateError("deadline_exceeded", `"${location}" could not be read in time.`);
      throw thrown;
    }
  }

  /** Runs `use` with a connection and a folder for files on the way. */
  async #withDuckDb<T>(
    signal: AbortSignal,
    use: (connection: DuckDBConnection, work: string) => Promise<T>,
  ): Promise<T> {
    const work = path.join(this.#limits.folder, `infer-${randomUUID()}`);
    await mkdir(work, { recursive: true });
    const duckdb = await DuckDb.open(this.#limits);
    try {
      return await duckdb.with((connection) =>
        withDuckDbErrors(this.#limits, signal, () => use(connection, work)),
      );
    } finally {
      duckdb.close();
      await rm(work, { recursive: true, force: true });
    }
  }
}
