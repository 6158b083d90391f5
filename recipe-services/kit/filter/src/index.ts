/**
 * Filters: which items (or users of a segment, or actions) a recommendation may have. The language is Amazon
 * Personalize's, and more.
 *
 *     EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("purchase", "watch")
 *     INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")
 *     EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18 AND CurrentUser.MEMBERSHIP != "premium"
 *     INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE AND Items.GENRE IN (CurrentItem.GENRE)
 *     EXCLUDE ItemID WHERE Interactions.EVENT_TYPE = "watch" AND Interactions.TIMESTAMP > now - 7d
 *     INCLUDE ItemID WHERE (Items.ADULT = false OR Items.YEAR < 1950) AND NOT Items.DESCRIPTION CONTAINS "space"
 *     INCLUDE UserID WHERE Users.MEMBERSHIP IN ("premium") AND Interactions.TIMESTAMP > now - 30d
 *     EXCLUDE ActionID WHERE Action_Interactions.EVENT_TYPE IN ("TAKEN") OR Actions.VALUE < $LEAST
 *
 * Grammar; keywords and datasets ignore case:
 *
 *     filter     := expression ("|" expression)*
 *     expression := (INCLUDE | EXCLUDE) (ItemID | UserID | ActionID) WHERE condition [IF condition]
 *     condition  := condition OR condition | condition AND condition | NOT condition | "(" condition ")" | comparison
 *     comparison := field (= | != | < | <= | > | >=) value | field [NOT] IN "(" value ("," value)* ")"
 *                 | field CONTAINS "(" value ("," value)* ")"           parentheses may be left out around one value
 *     field      := dataset "." column          Items, Interactions, CurrentItem for ItemID; Users, Interactions,
 *                   Action_Interactions for UserID; Actions, Action_Interactions for ActionID; CurrentUser after IF
 *     value      := "text" | 'text' | number | true | false | $PARAMETER | now [(+ | -) number (s | m | h | d | w)]
 *                 | CurrentItem.column | *                              * only with EVENT_TYPE
 *
 * Meaning:
 * - The result is the union of what the INCLUDE expressions select (everything, if there are none) less the union of what
 *   the EXCLUDE expressions select. An expression whose IF does not hold is as if it were not there.
 * - NOT binds tightest, then AND, then OR. `NOT IN` and `!=` are exactly the opposite of `IN` and `=`. No comparison holds
 *   for a value that is missing, so its opposite does.
 * - Texts are compared exactly, event types ignoring case; CONTAINS ignores case. A text "a|b" of a multi-valued column
 *   equals "a", "b" and "a|b". Numbers may stand in quotes.
 * - A condition on Interactions asks whether the user has an interaction with the item, ever, for which it holds.
 *   Conditions joined by AND speak of one and the same interaction: above, a watch within the last week. An interaction has
 *   one type, so where several conditions on EVENT_TYPE are joined by AND each has an interaction of its own, and the
 *   others hold for each. What is denied (NOT, NOT IN, !=) holds for none of the interactions.
 * - `now` is the time of the request, in seconds as all timestamps are.
 * - A request must bring every parameter of an INCLUDE expression. A condition of an EXCLUDE expression without its value
 *   selects nothing. $PARAMETERS cannot stand after NOT IN.
 * - Ids, written or given for a parameter, are such as any id may be: 1 to 256 characters, one of them visible, none a control
 *   character.
 *
 * Use: parse once, compile once for a dataset group's columns, bind the parameters of each request (no compilation), mark.
 *
 * ```js
 * const columns = memoryColumns({
 *   schema: { Items: [{ name: "GENRE", type: "text" }, { name: "PRICE", type: "number" }] },
 *   Items: [{ GENRE: "drama|horror", PRICE: 5 }, { GENRE: "comedy", PRICE: 5 }, { GENRE: "drama", PRICE: 20 }],
 * });
 * const filter = compileFilter(parseFilter("INCLUDE ItemID WHERE Items.GENRE IN ($GENRE) AND Items.PRICE < 10"), columns);
 * const bound = filter.bind({ GENRE: '"drama","thriller"' });
 * const excluded = new Uint8Array(3);
 * bound.mark({ now: 1700000000 }, excluded);
 * console.log(excluded.join()); // 0,1,1
 * console.log(bound.explain({ now: 1700000000 }, 2).split("\n").at(-1));
 * // does not include it: Items.PRICE < 10 does not hold: Items.PRICE is 20.
 * ```
 */
export { type FilterParameters, filterParameters } from "./language/parameters.js";
export { attributeFilter, parseAttributeQuery, parseFilter } from "./language/parse.js";
export type { Target } from "./language/syntax.js";
export { toText } from "./language/to-text.js";
export type { FilterContext } from "./matching/evaluation.js";
export { BoundFilter } from "./plan/bound-filter.js";
export { CompiledFilter, compileFilter } from "./plan/compile.js";
export type { FilterSource } from "./plan/source.js";
export { checkLiterals } from "./schema/check-literals.js";
export { checkFilterText, filterError } from "./schema/check-text.js";
export type { FilterProblem } from "./schema/check.js";
export { schemaOf } from "./schema/columns.js";
export type {
  ColumnSchema,
  EventColumn,
  EventRows,
  EventTable,
  FilterColumn,
  FilterColumns,
  FilterSchema,
  RowTable,
} from "./schema/columns.js";
export {
  ACTION_EVENT_COLUMNS,
  type FilterableColumn,
  contextColumnNames,
  eventColumns,
  filterSchemaOf,
  filterableColumn,
} from "./schema/filter-schema.js";
export { memoryColumns } from "./schema/memory-columns.js";
