import { invalidArgument, PalateError } from "@palate/host";
import { DatasetType, InferSchemaResponse, type InferSchemaRequest } from "@palate/proto/dataset";
import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { rulesOf } from "../../schema/dataset-types.js";
import type { DuckDbLimits } from "../../storage/duckdb.js";
import { withConfinedDuckDb } from "../confined-duckdb.js";
import type { Locations } from "../locations.js";
import type { Source } from "../sources/source.js";
import { FileRefused, problemAt } from "../staging/file-problem.js";
import { inferFile, type FileToInfer } from "./infer-file.js";

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
    const sources = await this.#locations.find([location], signal, mapping);
    try {
      const { source, inferred } = await this.#inferFirst(sources, { type, mapping, signal });
      if (sources.length === 1) return InferSchemaResponse.fromPartial(inferred);
      const first = source === sources[0] ? "the first" : "the first that is not empty";
      const note = `Of ${sources.length} files only ${first}, ${source.location}, was looked at.`;
      return InferSchemaResponse.fromPartial({ ...inferred, notes: [...inferred.notes, note] });
    } catch (thrown) {
      if (thrown instanceof FileRefused) throw invalidArgument(thrown.message);
      if (signal.aborted) throw new PalateError("deadline_exceeded", `"${location}" could not be read in time.`);
      throw thrown;
    }
  }

  /** Looks at the first file that is not empty. */
  async #inferFirst(sources: readonly Source[], asked: Pick<FileToInfer, "type" | "mapping" | "signal">) {
    for (const source of sources) {
      const inferred = await this.#inferOne(source, asked);
      if (inferred !== undefined) return { source, inferred };
    }
    const label = asked.type === undefined ? "Data" : rulesOf(asked.type).label;
    throw new FileRefused(label, [problemAt(0, "", "", "is empty; it needs a header line and rows")]);
  }

  async #inferOne(source: Source, asked: Pick<FileToInfer, "type" | "mapping" | "signal">) {
    const work = path.join(this.#limits.folder, `infer-${randomUUID()}`);
    await mkdir(work, { recursive: true });
    const { signal } = asked;
    try {
      return await withConfinedDuckDb({ limits: this.#limits, work, sources: [source], signal }, (connection) =>
        inferFile(connection, { ...asked, source, work, maxBytes: this.#maxBytes }),
      );
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
}
