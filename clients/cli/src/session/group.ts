import type { DataOf } from "../api/operation.js";
import { usage } from "../errors/failure.js";
import { DATASET_GROUPS, type GroupName } from "../operations/datasets.js";
import type { GroupOptions, Session } from "./session.js";

/** Groups in a page of their list. */
const PAGE = 100;

/** All dataset groups. */
export async function groupsOf({ api }: Session): Promise<GroupName[]> {
  const groups: GroupName[] = [];
  let after: string | null = null;
  for (;;) {
    const { datasetGroups }: DataOf<typeof DATASET_GROUPS> = await api.ask(DATASET_GROUPS, { first: PAGE, after });
    groups.push(...(datasetGroups?.nodes ?? []));
    after = datasetGroups?.pageInfo?.endCursor ?? null;
    if (!datasetGroups?.pageInfo?.hasNextPage || after === null) return groups;
  }
}

/**
 * The dataset group that a command is about: the one that was named, else the only one.
 * @throws Failure when there are several, or none
 */
export async function groupOf(session: Session, { group }: GroupOptions): Promise<string> {
  if (group !== undefined) return group;
  const groups = await groupsOf(session);
  const [only] = groups;
  if (groups.length === 1 && only) return only.name;
  if (!only)
    throw usage("There is no dataset group yet.", "palate try FILE… or palate import FILE… -g NAME makes one.");
  const names = groups.slice(0, 10).map(({ name }) => name);
  throw usage(
    `There are ${groups.length} dataset groups; say which with --group (or PALATE_GROUP).`,
    `They are ${names.join(", ")}${groups.length > names.length ? " and so on" : ""}.`,
  );
}
