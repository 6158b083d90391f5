import { notFound, permissionDenied, type PalateError } from "../errors/palate-error.js";
import { reaches, type Identity } from "./identity.js";
import type { Role } from "./role.js";

/**
 * Where an operation says which dataset group it is about:
 * - a path of its arguments or fields ("input.datasetGroup");
 * - `tracked`: a path where an event tracker's tracking id may stand in for the name, which only the datasets service can resolve;
 * - `byHandler`: what answers it looks at each group it comes upon: it filters a list, or reads the group out of an id or a stream;
 * - `all`: it is about all of them, so that only who reaches all of them may do it;
 * - `none`: it is about no dataset group.
 */
export type GroupPlace =
  | { readonly kind: "at"; readonly path: readonly string[] }
  | { readonly kind: "tracked"; readonly path: readonly string[] }
  | { readonly kind: "byHandler" }
  | { readonly kind: "all" }
  | { readonly kind: "none" };

/** A row of the permission table. */
export interface Permission {
  /** What a caller must be; `any` is everyone who is known, `service` none but Palate's own services. */
  readonly role: Role | "any" | "service";
  /** Where the dataset group is, which must be one of the caller's. */
  readonly group: GroupPlace;
}

/** What tracking ids look like: the log id of a dataset group, and a secret. */
const TRACKING_ID = /^[0-9a-f]{32}-[0-9a-f]{32}$/;

/**
 * What keeps a caller from an operation; undefined when nothing does. A dataset group that is not theirs is answered like one that does
 * not exist, whether it does or not.
 * @param operation what it is called, for the message
 * @param request its arguments, or its message
 */
export function refusalOf(
  caller: Identity,
  { role, group }: Permission,
  operation: string,
  request: unknown,
): PalateError | undefined {
  const entitled = role === "any" || (role === "service" ? caller.kind === "service" : caller.roles.has(role));
  if (!entitled) {
    const has = [...caller.roles].join(", ") || "none";
    return permissionDenied(`${operation} needs the role "${role}"; this caller has ${has}.`);
  }
  if (caller.groups === "all" || group.kind === "byHandler" || group.kind === "none") return undefined;
  if (group.kind === "all") return permissionDenied(`${operation} is for callers who reach all dataset groups.`);
  const name = valueAt(request, group.path);
  if (typeof name !== "string" || name === "") {
    const message = `${operation} without a dataset group is for callers who reach all of them; name one in`;
    return permissionDenied(`${message} ${group.path.join(".")}.`);
  }
  if (reaches(caller.groups, name) || (group.kind === "tracked" && TRACKING_ID.test(name))) return undefined;
  return unreachable(name);
}

/** The answer about a dataset group that is not the caller's. */
export function unreachable(group: string): PalateError {
  return notFound("dataset group", group, "See datasetGroups for the names there are.");
}

function valueAt(request: unknown, path: readonly string[]): unknown {
  let value = request;
  for (const part of path) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[part];
  return value;
}
