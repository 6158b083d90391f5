import { ImportMapping } from "@palate/proto/dataset";
import { columnKey } from "../../schema/column-name.js";
import type { ContentSample } from "./sampling/content-sample.js";
import type { Plan, PlannedColumn } from "./layout.js";

type Column = ImportMapping["columns"][number];
type Dialect = NonNullable<ImportMapping["csv"]>;

/** The mapping that carries a plan out; undefined when the file imports as it is. */
export function mappingOf(plan: Plan, sample: ContentSample): ImportMapping | undefined {
  const csv = dialectOf(plan, sample);
  const columns = Object.entries(plan.columns).map(([name, column]) => columnMapping(name, column));
  const { explode } = plan;
  const mapping = ImportMapping.fromPartial({
    rowsPath: plan.rowsPath ?? "",
    rowFilter: plan.rowFilter ?? "",
    nullValues: [...(plan.nullValues ?? [])],
    trim: plan.trim ?? false,
    sql: plan.sql ?? "",
  });
  const ignoredColumns = [...(plan.ignored ?? [])];
  const plain = JSON.stringify(mapping) === JSON.stringify(ImportMapping.fromPartial({}));
  if (plain && csv === undefined && explode === undefined && ignoredColumns.length === 0 && columns.every(isSame)) {
    return undefined;
  }
  return ImportMapping.fromPartial({
    ...mapping,
    format: sample.format,
    columns,
    ignoredColumns,
    ...(csv === undefined ? {} : { csv }),
    ...(explode === undefined ? {} : { explode: { ...explode, parallel: [...(explode.parallel ?? [])] } }),
  });
}

function columnMapping(name: string, column: PlannedColumn): Column {
  const {
    from = [],
    constant,
    expression = "",
    time,
    separator = "",
    nullValues = [],
    trim,
    decimalMark = "",
  } = column;
  return {
    name,
    from: typeof from === "string" ? [from] : [...from],
    constant,
    expression,
    time: time && { unit: time.unit ?? 0, formats: time.formats ?? [], zone: time.zone ?? "" },
    separator,
    nullValues: [...nullValues],
    trim,
    decimalMark,
    rules: (column.rules ?? []).map((rule) => ({ equals: rule.equals, atLeast: rule.atLeast, value: rule.value })),
  };
}

/** Whether a column would be filled like this without a mapping. */
function isSame(column: Column): boolean {
  const plain = ImportMapping.fromPartial({ columns: [{ name: column.name, from: column.from }] }).columns[0];
  const [from] = column.from;
  if (column.from.length !== 1 || from === undefined || columnKey(from) !== columnKey(column.name)) return false;
  return JSON.stringify(column) === JSON.stringify(plain);
}

/** What has to be said of how values are separated; undefined when it is as in RFC 4180. */
function dialectOf({ csv = {} }: Plan, { table, encoding, isAscii }: ContentSample): Partial<Dialect> | undefined {
  if (table === undefined) return undefined;
  const delimiter = csv.delimiter ?? table.delimiter;
  const quote = csv.quote ?? table.quote;
  const escape = csv.escape ?? (table.quote === quote ? table.escape : quote);
  const skipLines = csv.skipLines ?? table.skipLines;
  const written = isAscii === true ? (csv.encoding ?? encoding) : encoding;
  const dialect: Partial<Dialect> = {
    ...(delimiter === "," ? {} : { delimiter }),
    ...((csv.header ?? table.header) ? {} : { header: false }),
    ...(csv.names === undefined ? {} : { names: [...csv.names] }),
    ...(quote === '"' ? {} : { quote }),
    ...(quote === "" || escape === quote ? {} : { escape }),
    ...(skipLines === 0 ? {} : { skipLines }),
    ...(written === undefined || written === "utf-8" ? {} : { encoding: written }),
  };
  return Object.keys(dialect).length === 0 ? undefined : dialect;
}
