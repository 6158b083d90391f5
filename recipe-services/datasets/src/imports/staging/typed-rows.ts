/**
 * A file with types that DuckDB does not read itself, as lines of JSON that it reads exactly: whole numbers as numbers, all
 * that a JSON number would not hold exactly as text.
 */
export interface TypedRows {
  /** The file's columns in its order; in the lines they are called c0, c1 and so on. */
  readonly columns: readonly TypedColumn[];
  /** The lines. */
  readonly lines: AsyncIterable<Buffer>;
}

/** A column of a file with types. */
export interface TypedColumn {
  readonly name: string;
  /** Its DuckDB type. */
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
const MAX_DECIMAL_DIGITS = 38;

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

/** A moment as JSON text, in UTC. */
export function timestampJson(value: bigint, perSecond: bigint): string {
  const rest = ((value % perSecond) + perSecond) % perSecond;
  const seconds = (value - rest) / perSecond;
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

/** Bytes as JSON text of a DuckDB BLOB. */
export function bytesJson(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex").replace(/../g, "\\\\x$&")}"`;
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
