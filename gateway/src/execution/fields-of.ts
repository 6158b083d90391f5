import { Kind, type FieldNode, type SelectionSetNode } from "graphql";
import type { Fragments } from "../resources/answers/field-selection.js";

/**
 * Merges selection sets on one concrete type into its fields by response key, in order of first appearance.
 * @returns undefined when there is a directive, or a fragment on another type, which only the general executor can judge
 */
export function fieldsOf(
  sets: readonly SelectionSetNode[],
  typeName: string,
  fragments: Fragments,
): Map<string, FieldNode[]> | undefined {
  const fields = new Map<string, FieldNode[]>();
  return sets.every((set) => collect(set, typeName, fragments, fields)) ? fields : undefined;
}

function collect(
  set: SelectionSetNode,
  typeName: string,
  fragments: Fragments,
  fields: Map<string, FieldNode[]>,
): boolean {
  for (const selection of set.selections) {
    if (selection.directives?.length) return false;
    if (selection.kind === Kind.FIELD) {
      const key = selection.alias?.value ?? selection.name.value;
      // An object's own key cannot be called that; the general executor makes objects without a prototype.
      if (key === "__proto__") return false;
      const known = fields.get(key);
      if (known) known.push(selection);
      else fields.set(key, [selection]);
      continue;
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments[selection.name.value];
    if (fragment === undefined || fragment.directives?.length) return false;
    if (fragment.typeCondition && fragment.typeCondition.name.value !== typeName) return false;
    if (!collect(fragment.selectionSet, typeName, fragments, fields)) return false;
  }
  return true;
}
