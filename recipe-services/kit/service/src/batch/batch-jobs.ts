import { alreadyExists, failedPrecondition, notFound, unavailable } from "@palate/host";
import { RecipeType, ResourceStatus, type BatchJob, type CreateBatchJobRequest } from "@palate/proto/recipe";
import type { Recipe } from "@palate/recipe";
import type { BatchJobDocument, Catalog } from "@palate/store";
import { madeOf, type DeletedGroup } from "../control/deleted-group.js";
import { RECIPE_TYPES } from "../control/recipe-message.js";
import { checkName } from "../control/names.js";
import { latestFirst } from "../serving/serving-hub.js";
import { emptyTextProblems, refuseProblems } from "../serving/request-problems.js";
import { batchJobRecord } from "./batch-records.js";
import type { BatchRunner } from "./batch-runner.js";
import type { BatchStore } from "./batch-store.js";
import { eraseLine } from "./erase-line.js";

const OUTCOMES = {
  ACTIVE: ResourceStatus.RESOURCE_STATUS_ACTIVE,
  "CREATE FAILED": ResourceStatus.RESOURCE_STATUS_CREATE_FAILED,
  "CREATE STOPPED": ResourceStatus.RESOURCE_STATUS_CREATE_STOPPED,
} as const;

/** Batch jobs of one recipe service: what its RecipeService calls do about them. */
export class BatchJobs {
  readonly #catalog: Catalog;
  readonly #store: BatchStore;
  readonly #runner: BatchRunner;
  readonly #recipes: ReadonlyMap<string, Recipe>;

  constructor(parts: {
    readonly catalog: Catalog;
    readonly store: BatchStore;
    readonly runner: BatchRunner;
    readonly recipes: readonly Recipe[];
  }) {
    this.#catalog = parts.catalog;
    this.#store = parts.store;
    this.#runner = parts.runner;
    this.#recipes = new Map(parts.recipes.map((recipe) => [recipe.descriptor.name, recipe]));
  }

  /**
   * Starts a job.
   * @throws PalateError `already_exists` when another job has the name; `failed_precondition` before a first model
   */
  async create(request: CreateBatchJobRequest): Promise<BatchJob> {
    checkName("job_name", request.jobName);
    const { datasetGroup, solution } = request;
    refuseProblems(emptyTextProblems({ version_id: request.versionId }));
    const versionId = request.versionId ?? "$LATEST";
    const versions = latestFirst(this.#catalog, datasetGroup, solution);
    const version = versions.find(
      (one) =>
        (versionId === "$LATEST" || one.versionId === versionId) && this.#catalog.checkpointsOf(one._id).length > 0,
    );
    if (version === undefined) {
      if (!this.#catalog.solutions.has(`${datasetGroup}|${solution}`)) throw notFound("solution", solution);
      const which = versionId === "$LATEST" ? "trained version" : `version "${versionId}" that can answer`;
      throw failedPrecondition(`Solution "${solution}" has no ${which}; wait for its first checkpoint.`);
    }
    const recipe = this.#recipes.get(this.#catalog.recipeOf(version));
    if (recipe === undefined) throw notFound("recipe", version.recipe);
    const job = batchJobRecord(request, version, recipe.descriptor, Date.now());
    const known = this.#catalog.batchJobs.get(job._id);
    if (known) return this.#retried(known, job);
    // Before the job itself: a job without input asks about every user or item.
    if (request.input !== undefined) await this.#store.writeInput(job._id, request.input);
    if (!(await this.#catalog.insert("batchJobs", job))) {
      await this.#catalog.refresh();
      return this.#retried(this.#job(datasetGroup, request.jobName), job);
    }
    void this.#runner.sync();
    return this.#message(job);
  }

  /** Returns one job. */
  get(datasetGroup: string, name: string): Promise<BatchJob> {
    return this.#message(this.#job(datasetGroup, name));
  }

  /** Jobs of a dataset group, newest first. */
  list(datasetGroup: string): Promise<BatchJob[]> {
    const jobs = [...this.#catalog.batchJobs.values()].filter((job) => job.datasetGroup === datasetGroup);
    jobs.sort((a, b) => b.createdAt - a.createdAt || (a._id < b._id ? -1 : 1));
    return Promise.all(jobs.map((job) => this.#message(job)));
  }

  /** Stops a job. Throws PalateError `failed_precondition` when it has ended. */
  async stop(datasetGroup: string, name: string): Promise<BatchJob> {
    const job = this.#job(datasetGroup, name);
    const result = this.#catalog.batchResults.get(job._id);
    if (result)
      throw failedPrecondition(
        `Batch job "${name}" has ended already, as ${result.outcome}; there is nothing to stop.`,
      );
    await this.#runner.stop(job);
    return this.#message(job);
  }

  /** Deletes a job with its output. */
  async delete(datasetGroup: string, name: string): Promise<void> {
    const job = this.#job(datasetGroup, name);
    await this.#runner.stop(job);
    await this.#catalog.remove("batchJobs", [job._id]);
    await this.#catalog.remove("batchResults", [job._id]);
    await this.#catalog.removeBatchProgress(job._id);
    await this.#store.delete(job._id);
  }

  /**
   * Removes deleted ids from the stored input and output of a group's jobs: lines that ask about them, and entries of answers.
   * @param isDeleted tells whether an id was deleted
   * @param before Unix time in milliseconds of the last deletion; later jobs do not contain them
   * @throws PalateError `unavailable` while such a job runs
   */
  async erase(datasetGroup: string, isDeleted: (id: string) => boolean, before: number): Promise<void> {
    for (const job of [...this.#catalog.batchJobs.values()]) {
      if (job.datasetGroup !== datasetGroup || job.createdAt > before) continue;
      const result = this.#catalog.batchResults.get(job._id);
      if (result === undefined) throw unavailable(`Batch job "${job.name}" is not over yet.`);
      const change = (line: string): string | undefined => eraseLine(line, isDeleted);
      const { outputBytes, changed } = await this.#store.rewrite(job._id, result.parts, change);
      if (!changed) continue;
      await this.#catalog.remove("batchResults", [job._id]);
      await this.#catalog.insert("batchResults", { ...result, outputBytes });
      await this.#store.compact(job._id);
    }
  }

  /** Deletes all jobs of a dataset group that was deleted; before its solutions, which tell which jobs those are. */
  async deleteAll(group: DeletedGroup): Promise<void> {
    const jobs = [...this.#catalog.batchJobs.values()].filter(madeOf(group, this.#catalog));
    for (const { name } of jobs) await this.delete(group.name, name);
  }

  /** A job's output so far. */
  async *output(datasetGroup: string, name: string): AsyncGenerator<Uint8Array> {
    const job = this.#job(datasetGroup, name);
    const { parts } = (await this.#counts(job)) ?? { parts: 0 };
    yield* this.#store.output(job._id, parts);
  }

  #job(datasetGroup: string, name: string): BatchJobDocument {
    const job = this.#catalog.batchJobs.get(`${datasetGroup}|${name}`);
    if (job === undefined)
      throw notFound("batch job", name, `Dataset group "${datasetGroup}" has no batch job of that name here.`);
    return job;
  }

  #retried(known: BatchJobDocument, job: BatchJobDocument): Promise<BatchJob> {
    if (known.digest !== job.digest) throw alreadyExists("batch job", job.name);
    return this.#message(known);
  }

  #counts(job: BatchJobDocument) {
    return this.#catalog.batchResults.get(job._id) ?? this.#catalog.readBatchProgress(job._id);
  }

  async #message(job: BatchJobDocument): Promise<BatchJob> {
    const result = this.#catalog.batchResults.get(job._id);
    const counts = await this.#counts(job);
    const { lines = 0, done = 0, failed = 0, outputBytes = 0, seconds = 0 } = counts ?? {};
    const recipe = this.#recipes.get(job.recipe);
    const reportedAt = counts && "reportedAt" in counts ? counts.reportedAt : result?.createdAt;
    return {
      datasetGroup: job.datasetGroup,
      jobName: job.name,
      solution: job.solution,
      versionId: job.versionId,
      recipe: job.recipe,
      recipeType: recipe ? RECIPE_TYPES[recipe.descriptor.type] : RecipeType.RECIPE_TYPE_UNSPECIFIED,
      status: result
        ? OUTCOMES[result.outcome]
        : counts
          ? ResourceStatus.RESOURCE_STATUS_CREATE_IN_PROGRESS
          : ResourceStatus.RESOURCE_STATUS_CREATE_PENDING,
      failureReason: result?.failureReason ?? "",
      lines,
      linesDone: done,
      linesFailed: failed,
      outputBytes,
      secondsLeft: result ? 0 : done > 0 ? (seconds / done) * (lines - done) : undefined,
      createdAtMs: job.createdAt,
      updatedAtMs: reportedAt ?? job.createdAt,
    };
  }
}
