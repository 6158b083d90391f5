/** The filter language: parsing, checking, and filters compiled over live columns. */
export { attributeFilter, parseAttributeQuery, parseFilter } from "./parse.js";
export {
  allOf,
  anyOf,
  type AndCondition,
  type AnyValue,
  type BooleanValue,
  type ColumnCondition,
  type CompareCondition,
  type Condition,
  type ContainsCondition,
  type Dataset,
  type Field,
  type FilterClause,
  type FilterExpression,
  type InCondition,
  type ListValue,
  type NotCondition,
  type Now,
  type NumberValue,
  type Operator,
  type OrCondition,
  type Parameter,
  type Scalar,
  type Target,
  type TextValue,
} from "./syntax.js";
export { conditionText, toText } from "./to-text.js";
export { filterParameters, type FilterParameter, type FilterParameters } from "./parameters.js";
export { checkCondition, checkFilter, type FilterProblem } from "./check.js";
export type { Place } from "./place.js";
export {
  schemaOf,
  type ColumnSchema,
  type ColumnType,
  type EventColumn,
  type EventRows,
  type EventTable,
  type FilterColumn,
  type FilterColumns,
  type FilterSchema,
  type NumberColumn,
  type RowTable,
  type TableName,
  type TextColumn,
  type TextDictionary,
} from "./columns.js";
export {
  memoryColumns,
  type MemoryColumn,
  type MemoryData,
  type MemoryEvent,
  type MemoryValue,
} from "./memory-columns.js";
export { compileFilter, type CompiledFilter } from "./compile.js";
export type { BoundFilter } from "./bound-filter.js";
export type { FilterContext } from "./run.js";
