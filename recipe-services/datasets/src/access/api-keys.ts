import {
  covers,
  invalidArgument,
  isRole,
  notFound,
  permissionDenied,
  PalateError,
  ROLES,
  withIncluded,
  type GroupScope,
  type Identity,
  type Role,
  type Violation,
} from "@palate/host";
import type { CreateApiKeyRequest } from "@palate/proto/dataset";
import type { Collection, Db } from "mongodb";
import { checkName } from "../schema/names.js";
import { guarded, refuseMore } from "../storage/store.js";
import type { ApiKeyDocument } from "./api-key-documents.js";
import { newKey, newKeyId } from "./new-key.js";

const MAX_KEYS = 1_000;
const MAX_GROUPS = 100;
const MAX_NAME_LENGTH = 100;
const MAX_OVERLAP_SECONDS = 30 * 86_400;

/** A key as stored, and the key itself. */
export interface ShownKey {
  readonly document: ApiKeyDocument;
  readonly key: string;
}

/** The API keys of the installation. */
export class ApiKeys {
  readonly #keys: Collection<ApiKeyDocument>;

  constructor(db: Db) {
    this.#keys = db.collection("api_keys");
  }

  /**
   * Makes a key. Throws `invalid_argument` with every problem, `permission_denied` when it could more than who makes it, or
   * `resource_exhausted`.
   * @param caller who makes it; everybody may make any where nobody is asked
   */
  async create(request: CreateApiKeyRequest, caller: Identity | undefined): Promise<ShownKey> {
    const roles = checked(request);
    const groups = request.allDatasetGroups ? null : [...new Set(request.datasetGroups)];
    if (caller) refuseMoreThan(caller, roles, groups);
    await refuseMore(this.#keys, MAX_KEYS, "API keys");
    const id = newKeyId();
    const { key, hash } = newKey(id);
    const createdAtMs = Date.now();
    const expiresAtMs = request.expiresInSeconds > 0 ? createdAtMs + request.expiresInSeconds * 1_000 : 0;
    const times = { createdAtMs, expiresAtMs, rotatedAtMs: 0 };
    const document: ApiKeyDocument = { _id: id, name: request.name, hash, previous: null, roles, groups, ...times };
    await guarded(this.#keys.insertOne(document));
    return { document, key };
  }

  /** The keys that reach only what a caller does, by id. */
  async list(scope: GroupScope = "all"): Promise<ApiKeyDocument[]> {
    const documents = await guarded(this.#keys.find({}).toArray());
    const theirs = documents.filter((document) => covers(scope, scopeOf(document)));
    return theirs.sort((a, b) => (a._id < b._id ? -1 : 1));
  }

  /**
   * Gives a key another secret. Throws `not_found`, or `invalid_argument`.
   * @param overlapSeconds how long the one before stays good
   */
  async rotate(id: string, overlapSeconds: number, caller: Identity | undefined): Promise<ShownKey> {
    if (overlapSeconds < 0 || overlapSeconds > MAX_OVERLAP_SECONDS) {
      const message = `is ${overlapSeconds}; from 0 to ${MAX_OVERLAP_SECONDS} is right`;
      throw invalidArgument(`overlap_seconds ${message}.`, [{ field: "overlap_seconds", message }]);
    }
    const before = await this.#get(id, caller);
    const { key, hash } = newKey(id);
    const now = Date.now();
    const previous = overlapSeconds > 0 ? { hash: before.hash, expiresAtMs: now + overlapSeconds * 1_000 } : null;
    const change = { hash, previous, rotatedAtMs: now };
    const { matchedCount } = await guarded(this.#keys.updateOne({ _id: id, hash: before.hash }, { $set: change }));
    if (matchedCount === 0)
      throw new PalateError("failed_precondition", `API key "${id}" was changed meanwhile; try again.`);
    return { document: { ...before, ...change }, key };
  }

  /** Deletes a key. Throws `not_found`. */
  async delete(id: string, caller: Identity | undefined): Promise<void> {
    await this.#get(id, caller);
    await guarded(this.#keys.deleteOne({ _id: id }));
  }

  async #get(id: string, caller: Identity | undefined): Promise<ApiKeyDocument> {
    const document = await guarded(this.#keys.findOne({ _id: id }));
    if (document === null || (caller && !covers(caller.groups, scopeOf(document))))
      throw notFound("API key", id, "See apiKeys for their ids.");
    if (caller) refuseMoreThan(caller, document.roles, document.groups);
    return document;
  }
}

function scopeOf({ groups }: Pick<ApiKeyDocument, "groups">): GroupScope {
  return groups === null ? "all" : new Set(groups);
}

/** Nobody makes or takes over a key that may more than they may themselves. */
function refuseMoreThan(caller: Identity, roles: readonly Role[], groups: readonly string[] | null): void {
  const missing = [...withIncluded(roles)].find((role) => !caller.roles.has(role));
  if (missing !== undefined)
    throw permissionDenied(`The key would have the role "${missing}", which its maker has not.`);
  if (!covers(caller.groups, scopeOf({ groups })))
    throw permissionDenied("The key would reach dataset groups that its maker does not reach.");
}

function checked({ name, roles, datasetGroups, allDatasetGroups, expiresInSeconds }: CreateApiKeyRequest): Role[] {
  const violations: Violation[] = [];
  const wrong = (field: string, message: string) => violations.push({ field, message });
  if (name.trim() === "" || name.length > MAX_NAME_LENGTH) wrong("name", `takes 1 to ${MAX_NAME_LENGTH} characters`);
  const unknown = roles.find((role) => !isRole(role));
  if (roles.length === 0 || unknown !== undefined)
    wrong("roles", `${unknown === undefined ? "is empty" : `has "${unknown}"`}; right are some of ${ROLES.join(", ")}`);
  if (allDatasetGroups === datasetGroups.length > 0)
    wrong("dataset_groups", "takes the names of dataset groups, or all_dataset_groups is set and none is named");
  if (datasetGroups.length > MAX_GROUPS)
    wrong("dataset_groups", `has ${datasetGroups.length}; at most ${MAX_GROUPS} are right`);
  if (expiresInSeconds < 0)
    wrong("expires_in_seconds", `is ${expiresInSeconds}; it takes a number of seconds, or 0 for ever`);
  if (violations.length > 0)
    throw invalidArgument(violations.map(({ field, message }) => `${field} ${message}.`).join(" "), violations);
  for (const group of datasetGroups) checkName("dataset_groups", group);
  return [...new Set(roles.filter(isRole))];
}
