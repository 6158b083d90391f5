import { filterSchemaOf, type FilterSchema } from "@palate/filter";
import type { FilterChanges, FilterDefinition } from "@palate/proto/dataset";
import type { FilterEntry, Manifest } from "./manifest.js";

/** A filter as readers of the group get it. */
export function filterDefinition({ name, versions }: FilterEntry): FilterDefinition {
  const { expression, version } = versions[0]!;
  return { name, expression, version };
}

/** What the commit of a manifest changed about filters; undefined when nothing. */
export function filterChanges(manifest: Manifest, sequence: number): FilterChanges | undefined {
  const set = (manifest.filters ?? []).filter(({ changedAt }) => changedAt === sequence).map(filterDefinition);
  const removed = manifest.filterRemoval?.at === sequence ? [manifest.filterRemoval.name] : [];
  return set.length + removed.length === 0 ? undefined : { set, removed };
}

/** The columns that filters of a group may name. */
export function filterSchema({ datasets }: Manifest): FilterSchema {
  return filterSchemaOf(datasets.map(({ type, columns }) => ({ datasetType: type, columns: [...columns] })));
}
