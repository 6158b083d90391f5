import { Failure } from "../errors/failure.js";
import type { DatasetType } from "../operations/datasets.js";
import { INFER_SCHEMA, type ImportMapping, type InferredSchema } from "../operations/imports.js";
import type { Progress } from "../output/progress.js";
import type { Session } from "../session/session.js";
import { locate } from "./location.js";

/** A file and what Palate makes of it. */
export interface RecognisedFile extends InferredSchema {
  /** As it was named. */
  readonly file: string;
  /** Where the services read it. */
  readonly location: string;
  readonly datasetType: DatasetType;
}

/** How a file is looked at. */
interface RecogniseOptions {
  /** What its rows are; undefined leaves it to the content. */
  readonly type: DatasetType | undefined;
  /** A mapping to go by; undefined has one proposed. */
  readonly mapping: ImportMapping | undefined;
  /** Whether the file is a path on the services' machine. */
  readonly serverPath: boolean | undefined;
}

/**
 * Finds out what a file is: how it is written, what its rows are, and what columns they have.
 * @throws Failure when Palate makes nothing of it
 */
export async function recognise(
  session: Session,
  file: string,
  { type, mapping, serverPath }: RecogniseOptions,
  progress: Progress,
): Promise<RecognisedFile> {
  const looked = new Map<string, InferredSchema>();
  const look = async (location: string): Promise<InferredSchema> => {
    const known = looked.get(location);
    if (known) return known;
    const variables = { location, datasetType: type ?? null, mapping: mapping ?? null };
    const { inferSchema } = await session.api.ask(INFER_SCHEMA, variables);
    if (!inferSchema) throw new Failure("NO_ANSWER", `The gateway did not say what "${file}" is.`);
    looked.set(location, inferSchema);
    return inferSchema;
  };
  const location = await locate(session, file, look, progress, serverPath);
  const inferred = await look(location);
  const datasetType = inferred.datasetType ?? type;
  if (datasetType !== undefined)
    return { ...inferred, mapping: asWritten(inferred.mapping), datasetType, file, location };
  throw new Failure("BAD_USER_INPUT", `What the rows of "${file}" are cannot be told by its content.`, {
    hint: "Say it with --type.",
  });
}

/** Fields that mean something when they are empty: that quotes are text, say, or that the value is the empty one. */
const MEANT_EMPTY = new Set(["quote", "escape", "constant", "equals", "value"]);

/** A mapping as one writes it in a file: without what it does not say. */
function asWritten<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(asWritten) as Value;
  if (typeof value !== "object" || value === null) return value;
  const said = Object.entries(value).filter(([name, each]) => {
    if (each === null || (Array.isArray(each) && each.length === 0)) return false;
    return !(
      (each === "" && !MEANT_EMPTY.has(name)) ||
      (each === false && name === "refuseUnknownColumns") ||
      (each === 0 && name === "skipLines")
    );
  });
  return Object.fromEntries(said.map(([name, each]) => [name, asWritten(each)])) as Value;
}
