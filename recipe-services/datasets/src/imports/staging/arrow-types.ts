import { DataType, DateUnit, TimeUnit, type Dictionary, type Field, type Struct } from "apache-arrow";
import { BOOL8, extensionOf, UUID } from "./arrow-extensions.js";
import { periodOf, periodType } from "./pandas-period.js";
import { decimalType, UnknownType } from "./typed-rows.js";

/** A field of the entries of a dictionary's field. */
export function entryField(field: Field): Field {
  return field.clone({ type: (field.type as Dictionary).dictionary as DataType });
}

/** The DuckDB type of a field. Throws UnknownType. */
export function arrowType(field: Field): string {
  const type = field.type as DataType;
  if (DataType.isNull(type) || isText(type)) return "VARCHAR";
  if (DataType.isBool(type)) return "BOOLEAN";
  if (DataType.isInt(type)) {
    const period = periodOf(field);
    if (period) return periodType(period);
    return extensionOf(field) === BOOL8 ? "BOOLEAN" : `${type.isSigned ? "" : "U"}${INTEGERS[type.bitWidth]}`;
  }
  if (DataType.isFloat(type)) return type.precision === 2 ? "DOUBLE" : "FLOAT";
  if (DataType.isDecimal(type)) return decimalType(type.precision, type.scale);
  if (DataType.isDate(type)) return type.unit === DateUnit.DAY ? "DATE" : "TIMESTAMP";
  if (DataType.isTime(type)) return "TIME";
  if (DataType.isDuration(type)) return "INTERVAL";
  if (DataType.isTimestamp(type)) {
    if (type.timezone) return "TIMESTAMPTZ";
    return type.unit === TimeUnit.NANOSECOND ? "TIMESTAMP_NS" : "TIMESTAMP";
  }
  if (isBytes(type)) return extensionOf(field) === UUID ? "UUID" : "BLOB";
  if (DataType.isDictionary(type)) return arrowType(entryField(field));
  if (isList(type)) return `${arrowType(type.children[0]!)}[]`;
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0]!.type as Struct).children as [Field, Field];
    if (isText(key.type as DataType)) return `MAP(VARCHAR, ${arrowType(value)})`;
  }
  if (DataType.isStruct(type) && hasRightNames(type)) {
    const fields = type.children.map((child) => `"${child.name.replaceAll('"', '""')}" ${arrowType(child)}`);
    return `STRUCT(${fields.join(", ")})`;
  }
  throw new UnknownType(String(type));
}

/** Whether parts have names that a database can tell apart. */
function hasRightNames({ children }: Struct): boolean {
  const names = children.map(({ name }) => name.toLowerCase());
  return names.length > 0 && new Set(names).size === names.length && !names.some((name) => name.includes("\0"));
}

const INTEGERS: Readonly<Record<number, string>> = { 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT" };

/** Whether a type is text. */
export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type);
}

/** Whether a type is bytes. */
export function isBytes(type: DataType): boolean {
  return (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isBinaryView(type) ||
    DataType.isFixedSizeBinary(type)
  );
}

/** Whether a type is a list. */
export function isList(type: DataType): boolean {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type);
}
