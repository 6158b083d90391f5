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
