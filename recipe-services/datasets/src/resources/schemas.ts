import {
  alreadyExists,
  covers,
  failedPrecondition,
  notFound,
  permissionDenied,
  reaches,
  type GroupScope,
} from "@palate/host";
import type { DatasetType } from "@palate/proto/dataset";
import { isDuplicateKey } from "@palate/store";
import type { Groups } from "../group/groups.js";
import { checkName } from "../schema/names.js";
import { checkSchema } from "../schema/schema-rules.js";
import type { SchemaDocument } from "../storage/group-documents.js";
import { guarded, refuseMore, type Store } from "../storage/store.js";

/**
 * The schemas of the installation. Each has a name of its own over all dataset groups; one that was made by a caller of some groups
 * is known to callers of those groups alone.
 */
export class Schemas {
  readonly #store: Store;
  readonly #groups: Groups;
  readonly #maxSchemas: number;

  /** @param maxSchemas most schemas that there may be */
  constructor(store: Store, groups: Groups, maxSchemas: number) {
    this.#store = store;
    this.#groups = groups;
    this.#maxSchemas = maxSchemas;
  }

  /**
   * Creates a schema. Throws `already_exists`, `resource_exhausted`, or `invalid_argument` with every broken rule.
   * @param scope groups that the caller may reach
   */
  async create(name: string, schema: string, wanted: DatasetType, scope: GroupScope = "all"): Promise<SchemaDocument> {
    checkName("name", name);
    const { type } = checkSchema(schema, wanted);
    await refuseMore(this.#store.schemas, this.#maxSchemas, "schemas");
    const owned = scope === "all" ? {} : { groups: [...scope] };
    const document = { _id: name, datasetType: type, schema, ...owned, createdAtMs: Date.now() };
    try {
      await guarded(this.#store.schemas.insertOne(document));
    } catch (thrown) {
      throw isDuplicateKey(thrown) ? alreadyExists("schema", name) : thrown;
    }
    return document;
  }

  /** Returns a schema. Throws `not_found`, also for one that callers of these groups do not know. */
  async get(name: string, scope: GroupScope = "all"): Promise<SchemaDocument> {
    const document = await guarded(this.#store.schemas.findOne({ _id: name }));
    if (document === null || !isKnown(document, scope))
      throw notFound("schema", name, "Create it with CreateSchema, or see ListSchemas for its name.");
    return document;
  }

  /** All schemas that callers of these groups know, by name. */
  async list(scope: GroupScope = "all"): Promise<SchemaDocument[]> {
    const documents = await guarded(this.#store.schemas.find({}).toArray());
    return documents.filter((document) => isKnown(document, scope)).sort((a, b) => (a._id < b._id ? -1 : 1));
  }

  /**
   * Deletes a schema. Throws `failed_precondition` while a dataset uses it, `permission_denied` when it is also others' than these
   * groups'.
   */
  async delete(name: string, scope: GroupScope = "all"): Promise<void> {
    const { groups } = await this.get(name, scope);
    if (!covers(scope, groups ? new Set(groups) : "all"))
      throw permissionDenied(
        `Schema "${name}" is not only this caller's; who reaches all its dataset groups may delete it.`,
      );
    for (const { _id } of await this.#groups.list()) {
      const { state } = await this.#groups.open(_id);
      await state.catchUp();
      const user = state.manifest.datasets.find((dataset) => dataset.schemaName === name);
      if (user) {
        throw failedPrecondition(
          `Schema "${name}" is used by dataset "${user.name}" of group "${_id}"; delete that dataset first.`,
        );
      }
    }
    await guarded(this.#store.schemas.deleteOne({ _id: name }));
  }
}

function isKnown({ groups }: SchemaDocument, scope: GroupScope): boolean {
  return groups === undefined || groups.some((group) => reaches(scope, group));
}
