import { alreadyExists, invalidArgument, notFound, type GroupScope } from "@palate/host";
import { type Column, type DatasetType, Dataset, ResourceStatus } from "@palate/proto/dataset";
import type { Group } from "../group/group.js";
import type { Groups } from "../group/groups.js";
import { rulesOf } from "../schema/dataset-types.js";
import { findDataset, withDataset, type DatasetEntry } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";
import { streamedCount } from "../schema/streamed-rows.js";
import { checkSchemaChange, columnTypes, withOwnColumns } from "../schema/schema-change.js";
import { checkSchema } from "../schema/schema-rules.js";
import type { Schemas } from "./schemas.js";

/** The datasets of the groups; they live in the groups' manifests. */
export class Datasets {
  readonly #groups: Groups;
  readonly #schemas: Pick<Schemas, "get">;

  constructor(groups: Groups, schemas: Pick<Schemas, "get">) {
    this.#groups = groups;
    this.#schemas = schemas;
  }

  /**
   * Creates a dataset. Throws `already_exists` when the group has one of that type or name.
   * @param scope groups that the caller may reach, which says what schemas are theirs
   */
  async create(
    groupName: string,
    name: string,
    type: DatasetType,
    schemaName: string,
    scope?: GroupScope,
  ): Promise<Dataset> {
    checkName("name", name);
    const { label } = rulesOf(type);
    const group = await this.#groups.open(groupName);
    const columns = await this.#columnsOf({ schemaName, scope }, type, `dataset "${name}"`);
    const now = Date.now();
    await group.queue.commitManifest((manifest, sequence) => {
      const twin = manifest.datasets.find((dataset) => dataset.type === type || dataset.name === name);
      if (twin) throw alreadyExists(twin.name === name ? "dataset" : `${label} dataset (a group has one)`, twin.name);
      const created = { createdSequence: sequence, createdAtMs: now, updatedAtMs: now, files: [] };
      const dataset = { type, name, schemaName, columns, ...created };
      return { ...withDataset(manifest, dataset), replacedAt: sequence };
    });
    return this.get(groupName, type);
  }

  /**
   * Gives a dataset another schema; its rows stay. Throws `not_found`, `invalid_argument` when the schema is for another
   * type, `failed_precondition` when the rows there are do not fit it.
   */
  async update(groupName: string, type: DatasetType, schemaName: string, scope?: GroupScope): Promise<Dataset> {
    const { label } = rulesOf(type);
    const group = await this.#groups.open(groupName);
    const columns = await this.#columnsOf({ schemaName, scope }, type, `the ${label} dataset`);
    await group.queue.commitManifest((manifest, sequence) => {
      const dataset = findDataset(manifest, type);
      if (!dataset) throw notFound(`${label} dataset in dataset group`, groupName, "Create it with CreateDataset.");
      checkSchemaChange(dataset, schemaName, columns);
      const files = dataset.files.map((file) => withOwnColumns(file, dataset.columns));
      const formerColumns = { ...dataset.formerColumns, ...columnTypes(dataset.columns) };
      const changed = { ...dataset, schemaName, columns, formerColumns, files, updatedAtMs: Date.now() };
      return { ...withDataset(manifest, changed), replacedAt: sequence };
    });
    return this.get(groupName, type);
  }

  async #columnsOf(
    { schemaName, scope }: { readonly schemaName: string; readonly scope: GroupScope | undefined },
    type: DatasetType,
    what: string,
  ): Promise<Column[]> {
    const schema = await this.#schemas.get(schemaName, scope);
    const [found, needed] = [rulesOf(schema.datasetType).label, rulesOf(type).label];
    if (found !== needed)
      throw invalidArgument(`Schema "${schemaName}" is for ${found}; ${what} needs one for ${needed}.`);
    return checkSchema(schema.schema, type).columns;
  }

  /** Returns a dataset with its statistics. Throws `not_found`. */
  async get(groupName: string, type: DatasetType): Promise<Dataset> {
    const { label } = rulesOf(type);
    const group = await this.#groups.open(groupName);
    await group.state.catchUp();
    const dataset = findDataset(group.state.manifest, type);
    if (dataset === undefined)
      throw notFound(`${label} dataset in dataset group`, groupName, "Create it with CreateDataset.");
    return describe(group, dataset);
  }

  /** The datasets of a group. */
  async list(groupName: string): Promise<Dataset[]> {
    const group = await this.#groups.open(groupName);
    await group.state.catchUp();
    return group.state.manifest.datasets.map((dataset) => describe(group, dataset));
  }

  /** Deletes a dataset with its imported and streamed data. Throws `not_found`. */
  async delete(groupName: string, type: DatasetType): Promise<void> {
    const { label } = rulesOf(type);
    const group = await this.#groups.open(groupName);
    await group.queue.commitManifest((manifest, sequence) => {
      if (!findDataset(manifest, type)) throw notFound(`${label} dataset in dataset group`, groupName);
      const datasets = manifest.datasets.filter((dataset) => dataset.type !== type);
      return { ...manifest, datasets, replacedAt: sequence };
    });
  }
}

function describe(group: Group, dataset: DatasetEntry): Dataset {
  const sum = (kind: string, field: "rows" | "bytes") =>
    dataset.files.filter((file) => kind === "" || file.kind === kind).reduce((total, file) => total + file[field], 0);
  let waiting = 0;
  for (const commit of group.state.uncompacted()) {
    if (commit.records && commit.sequence > dataset.createdSequence)
      waiting += streamedCount(dataset.type, commit.records);
  }
  return Dataset.create({
    datasetGroup: group.name,
    name: dataset.name,
    datasetType: dataset.type,
    schemaName: dataset.schemaName,
    status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
    statistics: {
      importedRows: sum("imported", "rows"),
      streamedRows: sum("streamed", "rows") + waiting,
      bytes: sum("", "bytes"),
    },
    createdAtMs: dataset.createdAtMs,
    updatedAtMs: dataset.updatedAtMs,
  });
}
