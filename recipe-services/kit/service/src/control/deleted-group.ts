import { resourceKey, type Catalog } from "@palate/store";

/** A dataset group that was deleted. */
export interface DeletedGroup {
  /** The name it had, which another group may have by now. */
  readonly name: string;
  /** Tells it from others of that name. */
  readonly uid: string;
  /** Unix time in milliseconds. */
  readonly deletedAt: number;
}

/** Something that was made of a dataset group, by way of a solution. */
interface Made {
  readonly datasetGroup: string;
  readonly solution: string;
  readonly createdAt: number;
}

/**
 * Tells what was made of a deleted dataset group: what belongs to a solution that was made for it. Of a solution that does not know
 * for which group of the name it was made, or is gone already, the time decides.
 */
export function madeOf({ name, uid, deletedAt }: DeletedGroup, catalog: Catalog): (made: Made) => boolean {
  return ({ datasetGroup, solution, createdAt }) => {
    if (datasetGroup !== name) return false;
    const groupUid = catalog.solutions.get(resourceKey(name, solution))?.groupUid;
    return groupUid === undefined ? createdAt <= deletedAt : groupUid === uid;
  };
}
