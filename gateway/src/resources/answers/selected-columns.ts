import { Kind, type FieldNode, type SelectionSetNode } from "graphql";
import type { FieldSelection, Fragments } from "./field-selection.js";

/** Columns that a selection reads; "*" when it reads all, or names one that only variables tell. */
const columnsOfField = new WeakMap<FieldNode, readonly string[]>();

/**
 * Tells from a query which item columns it will read, so that a recommendation carries no column nobody looks at.
 * Worked out once for each cached query.
 * @returns column names, `["*"]` for all, or nothing
 */
export function selectedColumns({ fieldNodes, fragments }: FieldSelection): readonly string[] {
  const [field] = fieldNodes;
  if (field === undefined) return [];
  let columns = columnsOfField.get(field);
  if (columns === undefined) {
    const found = new Set<string>();
    for (const node of fieldNodes) if (node.selectionSet) collect(node.selectionSet, fragments, found);
    columns = found.has("*") ? ["*"] : [...found];
    columnsOfField.set(field, columns);
  }
  return columns;
}

function collect(set: SelectionSetNode, fragments: Fragments, found: Set<string>): void {
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments[selection.name.value];
      if (fragment) collect(fragment.selectionSet, fragments, found);
      continue;
    }
    if (selection.kind === Kind.FIELD && selection.name.value === "attributes") found.add("*");
    if (selection.kind === Kind.FIELD && selection.name.value === "attribute") found.add(columnOf(selection));
    if (selection.selectionSet) collect(selection.selectionSet, fragments, found);
  }
}

function columnOf(field: FieldNode): string {
  const value = field.arguments?.find((argument) => argument.name.value === "name")?.value;
  return value?.kind === Kind.STRING ? value.value : "*";
}
