import {
  checkFilterText,
  filterError,
  filterParameters,
  toText,
  type FilterProblem as Problem,
  type FilterSchema,
} from "@palate/filter";
import { alreadyExists, failedPrecondition, invalidArgument, notFound, PalateError } from "@palate/host";
import { CheckFilterResponse, Filter, ResourceStatus, type FilterProblem } from "@palate/proto/dataset";
import type { Group } from "../group/group.js";
import type { Groups } from "../group/groups.js";
import { filterSchema } from "../schema/filter-entries.js";
import type { FilterEntry, FilterVersionEntry, Manifest } from "../schema/manifest.js";
import { checkName } from "../schema/names.js";

/** Most characters of an expression. */
const MAX_EXPRESSION = 20_000;

/** Most filters of a group. */
const MAX_FILTERS = 1_000;

/** Most versions of a filter that are kept. */
const MAX_VERSIONS = 50;

/** Most characters of all versions of all filters of a group: they are part of every commit that changes its manifest. */
const MAX_CHARACTERS = 2_000_000;

/** The filters of the groups; they live in the groups' manifests, so that they travel to readers with the data. */
export class Filters {
  readonly #groups: Groups;

  constructor(groups: Groups) {
    this.#groups = groups;
  }

  /**
   * Creates a filter.
   * @throws PalateError `already_exists`; `invalid_argument` with each problem of the expression and its place;
   *   `resource_exhausted` when the group has too many
   */
  async create(groupName: string, name: string, expression: string): Promise<Filter> {
    checkName("name", name);
    checkLength(expression);
    const now = Date.now();
    const group = await this.#change(groupName, (manifest, sequence) => {
      if (find(manifest, name)) throw alreadyExists("filter", name);
      if ((manifest.filters?.length ?? 0) >= MAX_FILTERS) {
        throw new PalateError(
          "resource_exhausted",
          `"${groupName}" has ${MAX_FILTERS} filters, the most; delete some.`,
        );
      }
      checkExpression(expression, filterSchema(manifest));
      const versions = [{ version: 1, expression, createdAtMs: now }];
      return withFilter(manifest, { name, versions, createdAtMs: now, changedAt: sequence });
    });
    return describe(group, name);
  }

  /** Returns a filter. Throws `not_found`. */
  async get(groupName: string, name: string): Promise<Filter> {
    const group = await this.#groups.open(groupName);
    await group.state.catchUp();
    return describe(group, name);
  }

  /** The filters of a group, by name. */
  async list(groupName: string): Promise<Filter[]> {
    const group = await this.#groups.open(groupName);
    await group.state.catchUp();
    const { manifest } = group.state;
    const schema = filterSchema(manifest);
    return (manifest.filters ?? []).map((entry) => filterMessage(group.name, entry, schema));
  }

  /**
   * Gives a filter a new version. The expression that it has already makes none.
   * @param expectedVersion the newest version that the caller knows of, or 0
   * @throws PalateError `not_found`; `failed_precondition` when there is a newer version than expected;
   *   `invalid_argument` with each problem of the expression and its place
   */
  async update(groupName: string, name: string, expression: string, expectedVersion: number): Promise<Filter> {
    checkLength(expression);
    const group = await this.#change(groupName, (manifest, sequence) => {
      const entry = need(manifest, groupName, name);
      const newest = entry.versions[0]!;
      if (expectedVersion !== 0 && expectedVersion !== newest.version) {
        throw failedPrecondition(
          `Filter "${name}" has version ${newest.version}, not ${expectedVersion}; read it again and edit that.`,
        );
      }
      if (newest.expression === expression) return manifest;
      checkExpression(expression, filterSchema(manifest), newest.expression);
      const version = { version: newest.version + 1, expression, createdAtMs: Date.now() };
      const versions = [version, ...entry.versions].slice(0, MAX_VERSIONS);
      return withFilter(manifest, { ...entry, versions, changedAt: sequence });
    });
    return describe(group, name);
  }

  /** Deletes a filter. Throws `not_found`. */
  async delete(groupName: string, name: string): Promise<void> {
    await this.#change(groupName, (manifest, sequence) => {
      need(manifest, groupName, name);
      const filters = manifest.filters!.filter((other) => other.name !== name);
      return { ...manifest, filters, filterRemoval: { name, at: sequence } };
    });
  }

  /** Says what is wrong with an expression, and what it would be. Stores nothing. */
  async check(groupName: string, expression: string): Promise<CheckFilterResponse> {
    checkLength(expression);
    const group = await this.#groups.open(groupName);
    await group.state.catchUp();
    const { filter, problems } = checkFilterText(expression, filterSchema(group.state.manifest));
    return CheckFilterResponse.create({
      problems: problems.map(problemMessage),
      ...(filter && { target: filter.target, parameters: [...filterParameters(filter)], canonical: toText(filter) }),
    });
  }

  async #change(groupName: string, change: (manifest: Manifest, sequence: number) => Manifest): Promise<Group> {
    const group = await this.#groups.open(groupName);
    await group.queue.commitManifest(change);
    return group;
  }
}

function find({ filters }: Manifest, name: string): FilterEntry | undefined {
  return filters?.find((entry) => entry.name === name);
}

function need(manifest: Manifest, groupName: string, name: string): FilterEntry {
  const entry = find(manifest, name);
  if (entry) return entry;
  throw notFound("filter", name, `Dataset group "${groupName}" has none of that name; see ListFilters.`);
}

function checkLength(expression: string): void {
  if (expression.length <= MAX_EXPRESSION) return;
  const message = `has ${expression.length} characters; at most ${MAX_EXPRESSION} are right`;
  throw invalidArgument(`expression ${message}.`, [{ field: "expression", message }]);
}

/** @param before the version that is edited: what a filter selects stays */
function checkExpression(expression: string, schema: FilterSchema, before?: string): void {
  const { filter, problems } = checkFilterText(expression, schema);
  if (filter === undefined || problems.length > 0) throw filterError(problems);
  const was = before === undefined ? undefined : checkFilterText(before, schema).filter?.target;
  if (was === undefined || was === filter.target) return;
  const message = `the filter selects ${was}, which an edit cannot change; make another filter for ${filter.target}.`;
  throw filterError([{ message }]);
}

/** The manifest with one filter added or replaced. Where there is too much of them, the filter's oldest versions go. */
function withFilter(manifest: Manifest, entry: FilterEntry): Manifest {
  const others = (manifest.filters ?? []).filter(({ name }) => name !== entry.name);
  let left = MAX_CHARACTERS - others.reduce((sum, { versions }) => sum + characters(versions), 0);
  const fitting = entry.versions.findIndex(({ expression }) => (left -= expression.length) < 0);
  if (fitting === 0) {
    throw new PalateError(
      "resource_exhausted",
      `The filters of a dataset group, old versions included, may have ${MAX_CHARACTERS} characters; delete some.`,
    );
  }
  const versions = fitting < 0 ? entry.versions : entry.versions.slice(0, fitting);
  const filters = [...others, { ...entry, versions }].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...manifest, filters };
}

function characters(versions: readonly FilterVersionEntry[]): number {
  return versions.reduce((sum, { expression }) => sum + expression.length, 0);
}

function describe(group: Group, name: string): Filter {
  const { manifest } = group.state;
  return filterMessage(group.name, need(manifest, group.name, name), filterSchema(manifest));
}

function filterMessage(group: string, entry: FilterEntry, schema: FilterSchema): Filter {
  const newest = entry.versions[0]!;
  const { filter, problems } = checkFilterText(newest.expression, schema);
  return Filter.create({
    datasetGroup: group,
    name: entry.name,
    expression: newest.expression,
    version: newest.version,
    status: ResourceStatus.RESOURCE_STATUS_ACTIVE,
    target: filter?.target ?? "",
    parameters: filter ? [...filterParameters(filter)] : [],
    problems: problems.map(problemMessage),
    versions: [...entry.versions],
    createdAtMs: entry.createdAtMs,
    updatedAtMs: newest.createdAtMs,
  });
}

function problemMessage({ message, place }: Problem): FilterProblem {
  return { message, line: place?.line ?? 0, column: place?.column ?? 0 };
}
