import { alreadyExists, failedPrecondition, invalidArgument, notFound } from "@palate/host";
import {
  TrainingMode,
  type Campaign,
  type CreateCampaignRequest,
  type CreateSolutionRequest,
  type CreateSolutionVersionRequest,
  type Solution,
  type SolutionVersion,
  type UpdateCampaignRequest,
} from "@palate/proto/recipe";
import type { Recipe } from "@palate/recipe";
import {
  resourceKey,
  versionIdOf,
  versionKey,
  type Catalog,
  type ModelStore,
  type SolutionDocument,
  type VersionDocument,
} from "@palate/store";
import { randomUUID } from "node:crypto";
import { explorationOf } from "../serving/exploration-config.js";
import { hidingEventTypesOf } from "../serving/hidden-items.js";
import { emptyTextProblems, refuseProblems } from "../serving/request-problems.js";
import { latestFirst, type ServingHub } from "../serving/serving-hub.js";
import { DEFAULT_SEED, newVersion } from "./auto-training.js";
import { campaignMessage } from "./campaign-message.js";
import { madeOf, type DeletedGroup } from "./deleted-group.js";
import { emphasisRecord } from "./emphasis-records.js";
import { checkName } from "./names.js";
import { trainingInterval } from "./schedule.js";
import { solutionMessage } from "./solution-message.js";
import type { TrainingQueue } from "./training-queue.js";
import { AUTO_RECIPE, solutionConfiguration } from "./tuning-records.js";
import { versionMessage } from "./version-message.js";

/** The dataset groups that solutions are made for. */
export interface SolutionGroups {
  /** Uid of a group; undefined when there is no such group, or its uid cannot be found out. */
  uidOf(datasetGroup: string): Promise<string | undefined>;
  /** Deletes what was made of groups that had this name and were deleted. */
  settle(datasetGroup: string): Promise<void>;
}

/** Solutions, solution versions and campaigns of one recipe service: what its RecipeService calls do. */
export class ControlPlane {
  readonly #catalog: Catalog;
  readonly #store: ModelStore;
  readonly #queue: TrainingQueue;
  readonly #hub: ServingHub;
  readonly #recipes: ReadonlyMap<string, Recipe>;
  readonly #groups: SolutionGroups;

  constructor(parts: {
    catalog: Catalog;
    store: ModelStore;
    queue: TrainingQueue;
    hub: ServingHub;
    recipes: readonly Recipe[];
    groups: SolutionGroups;
  }) {
    this.#catalog = parts.catalog;
    this.#store = parts.store;
    this.#queue = parts.queue;
    this.#hub = parts.hub;
    this.#recipes = new Map(parts.recipes.map((recipe) => [recipe.descriptor.name, recipe]));
    this.#groups = parts.groups;
  }

  /** Creates a solution after checking every hyperparameter. */
  async createSolution(request: CreateSolutionRequest): Promise<Solution> {
    checkName("name", request.name);
    checkName("dataset_group", request.datasetGroup);
    refuseProblems(
      emptyTextProblems({
        event_type: request.eventType,
        scheduling_expression: request.schedulingExpression,
        "hpo_config.objective_metric": request.hpoConfig?.objectiveMetric,
        "auto_ml_config.metric_name": request.autoMlConfig?.metricName,
      }),
    );
    const configuration = solutionConfiguration(request, this.#recipes);
    const groupUid = await this.#groupOf(request.datasetGroup);
    const solution: SolutionDocument = {
      _id: resourceKey(request.datasetGroup, request.name),
      datasetGroup: request.datasetGroup,
      name: request.name,
      ...(groupUid !== undefined && { groupUid }),
      ...configuration,
      eventType: request.eventType ?? "",
      eventValueThreshold: request.eventValueThreshold ?? null,
      ...emphasisRecord(request, this.#recipes.get(configuration.recipe)?.descriptor),
      ...scheduleOf(request),
      ...(request.retrainAfterDeletion && { retrainsAfterDeletion: true }),
      createdAt: Date.now(),
    };
    if (!(await this.#catalog.insert("solutions", solution))) throw alreadyExists("solution", request.name);
    return this.#solutionMessage(solution);
  }

  /** Uid of a dataset group, where it is known; a new group of the name inherits nothing from one that had it before. */
  async #groupOf(datasetGroup: string): Promise<string | undefined> {
    const uid = await this.#groups.uidOf(datasetGroup);
    const isOfAnother = (one: SolutionDocument): boolean =>
      one.datasetGroup === datasetGroup && one.groupUid !== undefined && one.groupUid !== uid;
    if (uid !== undefined && [...this.#catalog.solutions.values()].some(isOfAnother))
      await this.#groups.settle(datasetGroup);
    return uid;
  }

  /** Returns one solution. */
  solution(datasetGroup: string, name: string): Solution {
    return this.#solutionMessage(this.#solution(datasetGroup, name));
  }

  /** Solutions of a dataset group, by name. */
  solutions(datasetGroup: string): Solution[] {
    const found = [...this.#catalog.solutions.values()].filter((solution) => solution.datasetGroup === datasetGroup);
    return found.sort((a, b) => (a.name < b.name ? -1 : 1)).map((solution) => this.#solutionMessage(solution));
  }

  /** Deletes a solution with its versions and models. */
  async deleteSolution(datasetGroup: string, name: string): Promise<void> {
    const solution = this.#solution(datasetGroup, name);
    const users = [...this.#catalog.campaigns.values()].filter(
      (c) => c.datasetGroup === datasetGroup && c.solution === name,
    );
    if (users.length > 0) {
      throw failedPrecondition(
        `Solution "${name}" is used by ${users.map((c) => `campaign "${c.name}"`).join(", ")}; delete that first.`,
      );
    }
    const versions = this.#catalog.versionsOf(datasetGroup, name);
    for (const version of versions) await this.#queue.stop(version);
    const keys = versions.map((version) => version._id);
    await this.#catalog.remove("solutions", [solution._id]);
    await this.#catalog.remove("versions", keys);
    await this.#catalog.remove("results", keys);
    await this.#catalog.remove("selections", keys);
    const trials = keys.flatMap((key) => this.#catalog.trialsOf(key).map(({ _id }) => _id));
    await this.#catalog.remove("trials", trials);
    await this.#catalog.remove(
      "checkpoints",
      keys.flatMap((key) => this.#catalog.checkpointsOf(key).map((checkpoint) => checkpoint._id)),
    );
    for (const key of keys) await this.#store.delete(key);
  }

  /** Deletes all that was made of a dataset group that was deleted: campaigns, solutions, models. */
  async deleteAll(group: DeletedGroup): Promise<void> {
    const isMadeOf = madeOf(group, this.#catalog);
    const campaigns = [...this.#catalog.campaigns.values()].filter(isMadeOf).map(({ _id }) => _id);
    if (campaigns.length > 0) {
      await this.#catalog.remove("campaigns", campaigns);
      await this.#hub.sync();
    }
    for (const solution of [...this.#catalog.solutions.values()]) {
      if (isMadeOf({ ...solution, solution: solution.name })) await this.deleteSolution(group.name, solution.name);
    }
  }

  /** Asks for a training. */
  async createVersion(request: CreateSolutionVersionRequest): Promise<SolutionVersion> {
    const solution = this.#solution(request.datasetGroup, request.solution);
    if (!Number.isSafeInteger(request.seed) || request.seed < 0) {
      throw invalidArgument("seed: must be a whole number of at least 0.", [
        { field: "seed", message: "must be a whole number of at least 0" },
      ]);
    }
    refuseProblems(emptyTextProblems({ request_id: request.requestId }));
    const versionId = versionIdOf(request.datasetGroup, request.solution, request.requestId ?? randomUUID());
    const version = newVersion(
      solution,
      {
        versionId,
        seed: request.seed || DEFAULT_SEED,
        trainingMode: request.trainingMode === TrainingMode.TRAINING_MODE_UPDATE ? "UPDATE" : "FULL",
        trainingType: "MANUAL",
        number: this.#catalog.nextVersionNumber(request.datasetGroup, request.solution),
      },
      Date.now(),
    );
    await this.#catalog.insert("versions", version);
    await this.#queue.sync();
    return this.version(request.datasetGroup, request.solution, versionId);
  }

  /** Returns one version; "$LATEST" is the one that campaigns following it use. */
  async version(datasetGroup: string, solution: string, versionId: string): Promise<SolutionVersion> {
    return this.#versionMessage(this.#version(datasetGroup, solution, versionId));
  }

  /** Versions of a solution, newest first. */
  async versions(datasetGroup: string, solution: string): Promise<SolutionVersion[]> {
    this.#solution(datasetGroup, solution);
    return Promise.all(
      this.#catalog.versionsOf(datasetGroup, solution).map((version) => this.#versionMessage(version)),
    );
  }

  /** Stops a training. */
  async stopVersion(datasetGroup: string, solution: string, versionId: string): Promise<SolutionVersion> {
    const version = this.#version(datasetGroup, solution, versionId);
    const result = this.#catalog.results.get(version._id);
    if (result)
      throw failedPrecondition(
        `Solution version "${versionId}" has ended already, as ${result.outcome}; there is nothing to stop.`,
      );
    await this.#queue.stop(version);
    return this.#versionMessage(version);
  }

  /** Key and newest checkpoint number of a version's model. */
  model(datasetGroup: string, solution: string, versionId: string): { key: string; checkpoint: number } {
    const version = this.#version(datasetGroup, solution, versionId);
    const checkpoint = this.#catalog.checkpointsOf(version._id).at(-1);
    if (checkpoint === undefined) throw failedPrecondition(`Solution version "${version.versionId}" has no model yet.`);
    return { key: version._id, checkpoint: checkpoint.number };
  }

  /** Creates a campaign. */
  async createCampaign(request: CreateCampaignRequest): Promise<Campaign> {
    checkName("name", request.name);
    const solution = this.#solution(request.datasetGroup, request.solution);
    refuseProblems(emptyTextProblems({ version_id: request.versionId }));
    const versionId = request.versionId ?? "$LATEST";
    if (versionId !== "$LATEST") this.#version(request.datasetGroup, request.solution, versionId);
    const recipe = this.#recipes.get(this.#recipeOf(solution))?.descriptor;
    const exploration = explorationOf(request.campaignConfig, recipe);
    const hidingEventTypes = hidingEventTypesOf(request.campaignConfig);
    const now = Date.now();
    const campaign = {
      _id: resourceKey(request.datasetGroup, request.name),
      datasetGroup: request.datasetGroup,
      name: request.name,
      solution: request.solution,
      versionId,
      createdAt: now,
      updatedAt: now,
      ...(exploration && { exploration }),
      ...(hidingEventTypes && { hidingEventTypes }),
    };
    if (!(await this.#catalog.insert("campaigns", campaign))) throw alreadyExists("campaign", request.name);
    void this.#hub.sync();
    return this.campaign(request.datasetGroup, request.name);
  }

  /** Returns one campaign. */
  campaign(datasetGroup: string, name: string): Campaign {
    const campaign = this.#catalog.campaigns.get(resourceKey(datasetGroup, name));
    if (campaign === undefined) throw notFound("campaign", name);
    const solution = this.#catalog.solutions.get(resourceKey(datasetGroup, campaign.solution));
    const serving = this.#hub.peek(datasetGroup, name);
    const recipe = serving?.descriptor ?? (solution && this.#recipes.get(this.#recipeOf(solution))?.descriptor);
    return campaignMessage(campaign, recipe, serving, this.#hub.problem(datasetGroup, name));
  }

  /** Campaigns of a dataset group, or of all when it is empty, by group and name. */
  campaigns(datasetGroup: string): Campaign[] {
    const found = [...this.#catalog.campaigns.values()].filter(
      (campaign) => datasetGroup === "" || campaign.datasetGroup === datasetGroup,
    );
    return found
      .sort((a, b) => (a._id < b._id ? -1 : 1))
      .map((campaign) => this.campaign(campaign.datasetGroup, campaign.name));
  }

  /** Points a campaign at another version, or changes how it answers; fields that the request leaves out keep their values. */
  async updateCampaign(request: UpdateCampaignRequest): Promise<Campaign> {
    const { datasetGroup, name, versionId, campaignConfig } = request;
    refuseProblems(emptyTextProblems({ version_id: versionId }));
    const campaign = this.campaign(datasetGroup, name);
    if (versionId !== "$LATEST" && versionId !== undefined) this.#version(datasetGroup, campaign.solution, versionId);
    const exploration = explorationOf(campaignConfig, this.#recipes.get(campaign.recipe)?.descriptor);
    const hidingEventTypes = hidingEventTypesOf(campaignConfig);
    const changes = {
      ...(versionId !== undefined && { versionId }),
      ...(exploration && { exploration }),
      ...(hidingEventTypes && { hidingEventTypes }),
    };
    await this.#catalog.changeCampaign(resourceKey(datasetGroup, name), changes, Date.now());
    await this.#hub.sync();
    return this.campaign(datasetGroup, name);
  }

  /** Deletes a campaign. */
  async deleteCampaign(datasetGroup: string, name: string): Promise<void> {
    this.campaign(datasetGroup, name);
    await this.#catalog.remove("campaigns", [resourceKey(datasetGroup, name)]);
    await this.#hub.sync();
  }

  #solution(datasetGroup: string, name: string): SolutionDocument {
    const solution = this.#catalog.solutions.get(resourceKey(datasetGroup, name));
    if (solution === undefined)
      throw notFound("solution", name, `Dataset group "${datasetGroup}" has no solution of that name here.`);
    return solution;
  }

  /** Name of a solution's recipe; of one that chooses it, the first candidate's until a version has chosen. */
  #recipeOf(solution: SolutionDocument): string {
    const newest = latestFirst(this.#catalog, solution.datasetGroup, solution.name)[0];
    const recipe = newest ? this.#catalog.recipeOf(newest) : solution.recipe;
    return recipe === AUTO_RECIPE ? (solution.tuning?.autoMl?.recipes[0] ?? recipe) : recipe;
  }

  #version(datasetGroup: string, solution: string, versionId: string): VersionDocument {
    this.#solution(datasetGroup, solution);
    const version =
      versionId === "$LATEST"
        ? latestFirst(this.#catalog, datasetGroup, solution)[0]
        : this.#catalog.versions.get(versionKey(datasetGroup, solution, versionId));
    if (version === undefined)
      throw notFound("solution version", versionId, `Solution "${solution}" has no version of that id.`);
    return version;
  }

  #solutionMessage(solution: SolutionDocument): Solution {
    return solutionMessage(
      solution,
      this.#catalog.versionsOf(solution.datasetGroup, solution.name)[0]?.versionId ?? "",
    );
  }

  async #versionMessage(version: VersionDocument): Promise<SolutionVersion> {
    return versionMessage({
      version,
      checkpoints: this.#catalog.checkpointsOf(version._id),
      result: this.#catalog.results.get(version._id),
      selection: this.#catalog.selections.get(version._id),
      trials: this.#catalog.trialsOf(version._id),
      progress: await this.#catalog.readProgress(version._id),
      stopping: this.#queue.isStopping(version._id),
      deletion: this.#catalog.lastDeletion(version.datasetGroup),
    });
  }
}

function scheduleOf({
  performAutoTraining,
  schedulingExpression,
}: CreateSolutionRequest): Pick<SolutionDocument, "trainsEvery"> {
  if (performAutoTraining) return { trainsEvery: trainingInterval(schedulingExpression) };
  if (schedulingExpression === undefined) return {};
  const message = "has no effect without perform_auto_training";
  throw invalidArgument(`scheduling_expression ${message}.`, [{ field: "scheduling_expression", message }]);
}
