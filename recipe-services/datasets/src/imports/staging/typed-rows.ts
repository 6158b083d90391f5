/**
 * A file with types that DuckDB does not read itself, as lines of JSON that it reads exactly: whole numbers as numbers, all
 * that a JSON number would not hold exactly as text.
 */
export interface TypedRows {
  /** The file's columns in its order; in the lines they are called c0, c1 and so on. */
  readonly columns: readonly TypedColumn[];
  /** The lines. */
  readonly lines: AsyncIterable<Buffer>;
  /** Lets go of the file, however much of it has been read. */
  readonly close: () => Promise<void>;
}

/** A column of a file with types. */
export interface TypedColumn {
  readonly name: string;
  /** Its DuckDB type; how it stands in the lines says {@link lineType}. */
  readonly type: string;
}

/** A value as JSON text. */
export type ToJson<T> = (value: T) => string;

/** A type of a file that has no counterpart. */
export class UnknownType extends Error {
  /** @param what the type, as its format calls it */
  constructor(what: string) {
    super(`is of the type ${what}, which is not read; leave it out, or write it as text or numbers`);
  }
}

/** Longest decimal that DuckDB holds. */
export const MAX_DECIMAL_DIGITS = 38;

const MICROSECONDS = 1_000_000n;
const NANOSECONDS = 1_000_000_000n;

/** The DuckDB type of a decimal; text when it is too long for one. */
export function decimalType(precision: number, scale: number): string {
  const holds = precision >= 1 && precision <= MAX_DECIMAL_DIGITS && scale >= 0 && scale <= precision;
  return holds ? `DECIMAL(${precision}, ${scale})` : "VARCHAR";
}

/** A decimal as JSON text. */
export function decimalJson(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  if (scale <= 0) return `"${sign}${digits}${"0".repeat(-scale)}"`;
  const padded = digits.padStart(scale + 1, "0");
  return `"${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}"`;
}

/** A quotient, rounded down. */
function floorDivided(value: bigint, by: bigint): bigint {
  return (value - (((value % by) + by) % by)) / by;
}

/** A moment as JSON text, in UTC, to the microsecond: more digits no type with a zone has. */
export function zonedTimestampJson(value: bigint, perSecond: bigint): string {
  const isFiner = perSecond > MICROSECONDS;
  return timestampJson(
    isFiner ? floorDivided(value, perSecond / MICROSECONDS) : value,
    isFiner ? MICROSECONDS : perSecond,
  );
}

/** A duration as JSON text of a DuckDB INTERVAL, to the microsecond. */
export function durationJson(value: bigint, perSecond: bigint): string {
  return `"${floorDivided(value * MICROSECONDS, perSecond)} microseconds"`;
}

/** A moment as JSON text, in UTC. */
export function timestampJson(value: bigint, perSecond: bigint): string {
  const seconds = floorDivided(value, perSecond);
  const rest = value - seconds * perSecond;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, -5).replace("T", " ");
  return `"${text}${fraction(rest, perSecond)}"`;
}

/** A time of day as JSON text, to the microsecond. */
export function timeJson(value: bigint, perSecond: bigint): string {
  const seconds = Number(value / perSecond);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `"${clock}${fraction(value % perSecond, perSecond)}"`;
}

/** A day, counted from 1970-01-01, as JSON text. */
export function dateJson(days: number): string {
  return `"${new Date(days * 86_400_000).toISOString().split("T")[0]}"`;
}

/** Bytes as JSON text that DuckDB casts to a BLOB. */
export function bytesJson(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex").replace(/../g, "\\\\x$&")}"`;
}

/** Sixteen bytes as JSON text of a DuckDB UUID. */
export function uuidJson(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  return `"${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}"`;
}

/** A number with a fraction as JSON text. */
export function floatJson(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`;
}

function fraction(rest: bigint, perSecond: bigint): string {
  return rest === 0n ? "" : `.${((rest * NANOSECONDS) / perSecond).toString().padStart(9, "0").replace(/0+$/, "")}`;
}

/** The name of a column in the lines. */
export function lineColumn(index: number): string {
  return `c${index}`;
}

/** The type of a column in the lines: bytes and durations are text there, which is cast. */
export function lineType(type: string): string {
  return type.replace(/"(?:[^"]|"")*"|\b(?:BLOB|INTERVAL)\b/g, (part) => (part.startsWith('"') ? part : "VARCHAR"));
}
