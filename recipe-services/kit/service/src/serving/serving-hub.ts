import {
  collectGarbage,
  dataLoss,
  failedPrecondition,
  notFound,
  onAbort,
  toPalateError,
  unavailable,
  type Logger,
  type PalateError,
} from "@palate/host";
import type { ChangeBatch, DatasetServiceClient } from "@palate/proto/dataset";
import type { Exploration, Recipe, RecipeDescriptor, ReplicaView, ServingModel } from "@palate/recipe";
import { ReplicaFeed, type Replica } from "@palate/replica";
import {
  resourceKey,
  toStoreError,
  versionKey,
  type CampaignDocument,
  type Catalog,
  type ModelStore,
  type VersionDocument,
} from "@palate/store";
import { explorationInForce } from "./exploration-config.js";

/** Milliseconds until a model that could not be loaded is tried again; each further wait is twice as long, up to the maximum. */
const FIRST_RETRY_MS = 200;
const MAX_RETRY_MS = 5_000;

/** A model that is in memory and answers. */
export interface LoadedModel {
  readonly versionId: string;
  readonly checkpoint: number;
  readonly descriptor: RecipeDescriptor;
  readonly model: ServingModel;
  readonly replica: ReplicaView;
  /** How the campaign explores; absent where the recipe does not. */
  readonly exploration?: Exploration | undefined;
  /** Event types that hide an item from the user; absent: the usual ones. */
  readonly hidingEventTypes?: readonly string[] | undefined;
}

/**
 * Keeps in memory what answers queries: one replica for each dataset group that has a campaign, one model for each
 * campaign. Follows the catalogue: a better checkpoint, another version or a replaced replica is loaded beside what
 * serves and then swapped in, so no query ever waits. When the store is unreachable, what is loaded keeps answering.
 */
export class ServingHub {
  readonly #catalog: Catalog;
  readonly #store: ModelStore;
  readonly #datasets: DatasetServiceClient;
  readonly #recipes: ReadonlyMap<string, Recipe>;
  readonly #logger: Logger;
  readonly #changed: ((datasetGroup: string, batch: ChangeBatch) => void) | undefined;
  readonly #feeds = new Map<string, ReplicaFeed>();
  readonly #loaded = new Map<string, LoadedModel>();
  /** The last error of each campaign whose model could not be loaded. */
  readonly #lastErrors = new Map<string, PalateError>();
  /** When models that could not be loaded are tried again, by `performance.now()`, and how long after the next failure. */
  #retryAt = 0;
  #retryMs = FIRST_RETRY_MS;
  /** Leases of models of their own, by dataset group; its replica is kept while there are any. */
  readonly #leases = new Map<string, number>();
  #syncing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: {
    readonly catalog: Catalog;
    readonly store: ModelStore;
    readonly datasets: DatasetServiceClient;
    readonly recipes: readonly Recipe[];
    readonly logger: Logger;
    /** Told of every commit of streamed records, once the replica has it. */
    readonly changed?: (datasetGroup: string, batch: ChangeBatch) => void;
  }) {
    this.#changed = parts.changed;
    this.#catalog = parts.catalog;
    this.#store = parts.store;
    this.#datasets = parts.datasets;
    this.#recipes = new Map(parts.recipes.map((recipe) => [recipe.descriptor.name, recipe]));
    this.#logger = parts.logger;
  }

  /**
   * The model that answers for a campaign.
   * @throws PalateError `not_found` without such a campaign, `failed_precondition` before a first model, `unavailable`
   * while the data is still being read, `data_loss` when what it needs is damaged
   */
  serving(datasetGroup: string, campaign: string): LoadedModel {
    const key = resourceKey(datasetGroup, campaign);
    const loaded = this.#loaded.get(key);
    if (loaded) return loaded;
    const document = this.#catalog.campaigns.get(key);
    if (this.#catalog.revision < 0) throw stillReading();
    if (document === undefined)
      throw notFound("campaign", campaign, `Dataset group "${datasetGroup}" has no campaign of that name here.`);
    if (this.#wanted(document) === undefined) {
      throw failedPrecondition(
        `Campaign "${campaign}" has no model yet: solution "${document.solution}" has no trained version; create a solution version and wait for its first checkpoint.`,
      );
    }
    const problem = this.problem(datasetGroup, campaign);
    if (problem?.code === "data_loss")
      throw dataLoss(`Campaign "${campaign}" cannot be loaded: ${problem.message}`, problem);
    const lastTry = problem ? `; the last try failed: ${problem.message.replace(/\.$/, "")}` : "";
    throw unavailable(`Campaign "${campaign}" is being loaded${lastTry}; try again in a moment.`);
  }

  /** Why a campaign's model or data could not be loaded at the last try; undefined when nothing went wrong. */
  problem(datasetGroup: string, campaign: string): PalateError | undefined {
    return this.#lastErrors.get(resourceKey(datasetGroup, campaign)) ?? this.#feeds.get(datasetGroup)?.problem;
  }

  /** What answers for a campaign, or undefined. */
  peek(datasetGroup: string, campaign: string): LoadedModel | undefined {
    return this.#loaded.get(resourceKey(datasetGroup, campaign));
  }

  /** The replicas there are, by dataset group. */
  *replicas(): Generator<readonly [datasetGroup: string, replica: Replica]> {
    for (const [group, { replica }] of this.#feeds) if (replica) yield [group, replica];
  }

  /** Whether a model that should answer could not be loaded, and `sync` is worth another try by now. */
  get retryIsDue(): boolean {
    return this.#lastErrors.size > 0 && performance.now() >= this.#retryAt;
  }

  /**
   * Leases a version's newest model for work other than live requests: the one that serves a campaign, else one loaded for it.
   * @param signal ends the wait for the data when aborted
   * @returns the model, and a function that ends the lease
   * @throws PalateError `failed_precondition` when the version has no model yet; the signal's reason when aborted
   */
  async lease(
    version: VersionDocument,
    signal: AbortSignal,
  ): Promise<{ readonly loaded: LoadedModel; readonly release: () => void }> {
    const { datasetGroup, solution, versionId } = version;
    for (const campaign of this.#catalog.campaigns.values()) {
      const loaded = campaign.datasetGroup === datasetGroup ? this.#loaded.get(campaign._id) : undefined;
      if (loaded && campaign.solution === solution && loaded.versionId === versionId)
        return { loaded, release: () => undefined };
    }
    this.#leases.set(datasetGroup, (this.#leases.get(datasetGroup) ?? 0) + 1);
    const endLease = (): void => {
      this.#leases.set(datasetGroup, this.#leases.get(datasetGroup)! - 1);
      void this.sync();
    };
    try {
      await this.sync();
      const replica = await orAborted(this.#feeds.get(datasetGroup)!.ready, signal);
      const checkpoint = this.#catalog.checkpointsOf(version._id).at(-1);
      if (checkpoint === undefined) throw failedPrecondition(`Solution version "${versionId}" has no model yet.`);
      const loaded = await this.#load(version, checkpoint.number, replica);
      const release = (): void => {
        loaded.model.close?.();
        endLease();
      };
      return { loaded, release };
    } catch (error) {
      endLease();
      throw error;
    }
  }

  /** Makes memory agree with the catalogue. Calls run one after the other. */
  sync(): Promise<void> {
    this.#syncing = this.#syncing
      .then(() => this.#sync())
      .catch((error: unknown) => this.#logger.error({ err: error }, "could not follow the catalogue"));
    return this.#syncing;
  }

  /** Stops following. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#syncing;
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close()));
    this.#feeds.clear();
  }

  async #sync(): Promise<void> {
    if (this.#closed) return;
    const campaigns = [...this.#catalog.campaigns.values()];
    const groups = new Set(campaigns.map((campaign) => campaign.datasetGroup));
    for (const [group, leases] of this.#leases) if (leases > 0) groups.add(group);
    for (const [group, feed] of this.#feeds) {
      if (groups.has(group)) continue;
      this.#feeds.delete(group);
      await feed.close();
    }
    for (const group of groups) if (!this.#feeds.has(group)) this.#follow(group);
    for (const key of this.#lastErrors.keys()) if (!this.#catalog.campaigns.has(key)) this.#lastErrors.delete(key);
    for (const [key, loaded] of this.#loaded) {
      if (this.#catalog.campaigns.has(key)) continue;
      this.#loaded.delete(key);
      loaded.model.close?.();
    }
    for (const campaign of campaigns) {
      try {
        // Outside of the loading itself, whose variables still refer to the file and to the model that was replaced.
        if (await this.#syncCampaign(campaign)) collectGarbage();
        this.#lastErrors.delete(campaign._id);
      } catch (error) {
        const problem = toPalateError(toStoreError(error));
        if (this.#lastErrors.get(campaign._id)?.message !== problem.message)
          this.#logger.error({ err: error, campaign: campaign._id }, "model could not be loaded");
        this.#lastErrors.set(campaign._id, problem);
      }
    }
    this.#retryAt = performance.now() + this.#retryMs;
    this.#retryMs = this.#lastErrors.size > 0 ? Math.min(2 * this.#retryMs, MAX_RETRY_MS) : FIRST_RETRY_MS;
  }

  #follow(datasetGroup: string): void {
    const feed = new ReplicaFeed({ client: this.#datasets, datasetGroup, logger: this.#logger });
    feed.onReplace(() => void this.sync());
    if (this.#changed) feed.onChange((batch) => this.#changed?.(datasetGroup, batch));
    this.#feeds.set(datasetGroup, feed);
  }

  /** Loads what should answer for a campaign; true when that is another model than before. */
  async #syncCampaign(campaign: CampaignDocument): Promise<boolean> {
    const replica = this.#feeds.get(campaign.datasetGroup)?.replica;
    const wanted = this.#wanted(campaign);
    if (replica === undefined || wanted === undefined) return false;
    const before = this.#loaded.get(campaign._id);
    const { version, checkpoint } = wanted;
    const sameModel = before?.versionId === version.versionId && before.checkpoint === checkpoint;
    if (sameModel && before.replica === replica) {
      this.#loaded.set(campaign._id, configured(before, campaign));
      return false;
    }
    const loaded = await this.#load(version, checkpoint, replica);
    this.#loaded.set(campaign._id, configured(loaded, campaign));
    before?.model.close?.();
    this.#logger.info({ campaign: campaign._id, version: loaded.versionId, checkpoint: loaded.checkpoint }, "serving");
    return true;
  }

  async #load(version: VersionDocument, checkpoint: number, replica: Replica): Promise<LoadedModel> {
    const name = this.#catalog.recipeOf(version);
    const recipe = this.#recipes.get(name);
    if (recipe === undefined) throw notFound("recipe", name);
    const { descriptor } = recipe;
    // The file is not kept: a model that is bound to a new replica is read again, which is rare, rather than held twice.
    const artifact = await this.#store.load(version._id, checkpoint, descriptor);
    const model = recipe.load(artifact, replica);
    return { versionId: version.versionId, checkpoint, descriptor, model, replica };
  }

  /** The version and checkpoint that should answer; undefined before a first checkpoint. */
  #wanted(campaign: CampaignDocument): { version: VersionDocument; checkpoint: number } | undefined {
    const { datasetGroup, solution, versionId } = campaign;
    const candidates =
      versionId === "$LATEST"
        ? latestFirst(this.#catalog, datasetGroup, solution)
        : [this.#catalog.versions.get(versionKey(datasetGroup, solution, versionId))].filter(
            (version) => version !== undefined,
          );
    for (const version of candidates) {
      const checkpoint = this.#catalog.checkpointsOf(version._id).at(-1);
      if (checkpoint) return { version, checkpoint: checkpoint.number };
    }
    return undefined;
  }
}

/** Why nothing can be said yet of what there is and what not. */
export function stillReading(): PalateError {
  return unavailable("The service is still reading what is stored; try again in a moment.");
}

/** The promise, or a rejection as soon as the signal is aborted. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopWaiting = onAbort(signal, () => reject(signal.reason as Error));
    promise.then(resolve, reject).finally(stopWaiting);
  });
}

/**
 * Versions of a solution in the order in which "$LATEST" takes them: trained to the end before still training (whose
 * first checkpoints are worse than what serves), newest first.
 */
export function latestFirst(catalog: Catalog, datasetGroup: string, solution: string): VersionDocument[] {
  const versions = catalog.versionsOf(datasetGroup, solution);
  const done = (version: VersionDocument) => catalog.results.get(version._id)?.outcome === "ACTIVE";
  return [...versions.filter(done), ...versions.filter((version) => !done(version))];
}

/** A model that answers as a campaign is configured. */
function configured(loaded: LoadedModel, campaign: CampaignDocument): LoadedModel {
  const { hidingEventTypes } = campaign;
  return { ...loaded, exploration: explorationInForce(campaign, loaded.descriptor), hidingEventTypes };
}
