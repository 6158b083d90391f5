import { Kind, type FieldNode, type SelectionSetNode } from "graphql";
import type { FieldSelection } from "./field-selection.js";

/** Names of all fields below a field. */
const namesBelow = new WeakMap<FieldNode, ReadonlySet<string>>();

/**
 * Whether a query selects a field of this name anywhere below the one that is resolved: what is costly is worked out only
 * then. Looked up once for each cached query.
 */
export function selectsField({ fieldNodes, fragments }: FieldSelection, name: string): boolean {
  const [field] = fieldNodes;
  if (field === undefined) return false;
  let names = namesBelow.get(field);
  if (names === undefined) {
    const found = new Set<string>();
    const visited = new Set<string>();
    const collect = (set: SelectionSetNode): void => {
      for (const selection of set.selections) {
        if (selection.kind === Kind.FRAGMENT_SPREAD) {
          const fragment = fragments[selection.name.value];
          if (fragment === undefined || visited.has(selection.name.value)) continue;
          visited.add(selection.name.value);
          collect(fragment.selectionSet);
          continue;
        }
        if (selection.kind === Kind.FIELD) found.add(selection.name.value);
        if (selection.selectionSet) collect(selection.selectionSet);
      }
    };
    for (const node of fieldNodes) if (node.selectionSet) collect(node.selectionSet);
    names = found;
    namesBelow.set(field, names);
  }
  return names.has(name);
}
