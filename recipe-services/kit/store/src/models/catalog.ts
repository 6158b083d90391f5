import type { Db } from "mongodb";
import { isDuplicateKey, toStoreError } from "../gridfs/store-error.js";
import type { BatchJobDocument, BatchProgressDocument, BatchResultDocument } from "./documents/batch-job.js";
import type { CampaignDocument } from "./documents/campaign.js";
import type { CheckpointDocument } from "./documents/checkpoint.js";
import type { ProgressDocument } from "./documents/progress.js";
import type { ResultDocument } from "./documents/result.js";
import type { LastDeletion, SeenGroupDocument } from "./documents/seen-group.js";
import type { SelectionDocument } from "./documents/selection.js";
import type { SolutionDocument } from "./documents/solution.js";
import type { TrialDocument } from "./documents/trial.js";
import type { VersionDocument } from "./documents/version.js";

/** Collections whose documents the catalogue holds in memory. */
interface HeldDocuments {
  solutions: SolutionDocument;
  versions: VersionDocument;
  checkpoints: CheckpointDocument;
  results: ResultDocument;
  campaigns: CampaignDocument;
  trials: TrialDocument;
  selections: SelectionDocument;
  batchJobs: BatchJobDocument;
  batchResults: BatchResultDocument;
  groups: SeenGroupDocument;
}
type HeldName = keyof HeldDocuments;
type HeldMaps = { [K in HeldName]: Map<string, HeldDocuments[K]> };

const REVISION = "revision";

interface Keyed {
  readonly _id: string;
}

function emptyMaps(): HeldMaps {
  return {
    solutions: new Map(),
    versions: new Map(),
    checkpoints: new Map(),
    results: new Map(),
    campaigns: new Map(),
    trials: new Map(),
    selections: new Map(),
    batchJobs: new Map(),
    batchResults: new Map(),
    groups: new Map(),
  };
}

/**
 * Solutions, versions, checkpoints, results, campaigns and batch jobs of one recipe service, and what it has seen of their dataset
 * groups: small documents, held in memory whole and kept current by polling one revision document. Every claim is an insert with a chosen `_id`, so any number of
 * processes may share the database. Methods that write throw PalateError `unavailable` while MongoDB is unreachable.
 */
export class Catalog {
  readonly #db: Db;
  #revision = -1;
  #held = emptyMaps();
  /** The refresh under way. What a write changes in memory waits for it, else an older load would replace it. */
  #loading: Promise<void> = Promise.resolve();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Number of the state in memory; another number means another state. -1 before the first load. */
  get revision(): number {
    return this.#revision;
  }

  /** Solutions by key. */
  get solutions(): ReadonlyMap<string, SolutionDocument> {
    return this.#held.solutions;
  }

  /** Campaigns by key. */
  get campaigns(): ReadonlyMap<string, CampaignDocument> {
    return this.#held.campaigns;
  }

  /** Versions by key. */
  get versions(): ReadonlyMap<string, VersionDocument> {
    return this.#held.versions;
  }

  /** How versions ended, by version key. */
  get results(): ReadonlyMap<string, ResultDocument> {
    return this.#held.results;
  }

  /** Batch jobs by key. */
  get batchJobs(): ReadonlyMap<string, BatchJobDocument> {
    return this.#held.batchJobs;
  }

  /** How batch jobs ended, by key. */
  get batchResults(): ReadonlyMap<string, BatchResultDocument> {
    return this.#held.batchResults;
  }

  /** Dataset groups as they were last seen, by name. */
  get groups(): ReadonlyMap<string, SeenGroupDocument> {
    return this.#held.groups;
  }

  /** The last deletion of users or items in a dataset group; undefined when there was none. */
  lastDeletion(datasetGroup: string): LastDeletion | undefined {
    const seen = this.groups.get(datasetGroup);
    return seen && seen.deletionCursor !== "" ? { cursor: seen.deletionCursor, at: seen.deletionAt } : undefined;
  }

  /** Configurations that were searched for, by version key; none while the search is running. */
  get selections(): ReadonlyMap<string, SelectionDocument> {
    return this.#held.selections;
  }

  /** Name of the recipe that a version is trained with; "auto" until one is chosen. */
  recipeOf(version: VersionDocument): string {
    return this.selections.get(version._id)?.recipe ?? version.recipe;
  }

  /** Trials of a version, in the order of their numbers, those with less budget first. */
  trialsOf(versionKey: string): TrialDocument[] {
    const found = [...this.#held.trials.values()].filter((trial) => trial.versionKey === versionKey);
    return found.sort((a, b) => a.number - b.number || a.budget - b.budget);
  }

  /** Versions of a solution, newest first. */
  versionsOf(datasetGroup: string, solution: string): VersionDocument[] {
    const all = [...this.versions.values()].filter((v) => v.datasetGroup === datasetGroup && v.solution === solution);
    const order = (a: VersionDocument, b: VersionDocument): number =>
      (b.number ?? 0) - (a.number ?? 0) || b.createdAt - a.createdAt || (a.versionId < b.versionId ? 1 : -1);
    return all.sort(order);
  }

  /** The `number` of a solution's next version. */
  nextVersionNumber(datasetGroup: string, solution: string): number {
    return (this.versionsOf(datasetGroup, solution)[0]?.number ?? 0) + 1;
  }

  /** Checkpoints of a version, worst first. */
  checkpointsOf(versionKey: string): CheckpointDocument[] {
    const found: CheckpointDocument[] = [];
    for (let number = 1; ; number++) {
      const checkpoint = this.#held.checkpoints.get(`${versionKey}|${number}`);
      if (checkpoint === undefined) return found;
      found.push(checkpoint);
    }
  }

  /** Loads what has changed since the last call. Costs one read of one document when nothing has. */
  refresh(): Promise<void> {
    const loaded = this.#loading.then(() => this.#refresh());
    this.#loading = loaded.catch(() => {});
    return loaded;
  }

  async #refresh(): Promise<void> {
    const document = await this.#db.collection<{ _id: string; value: number }>("meta").findOne({ _id: REVISION });
    const revision = document?.value ?? 0;
    if (revision === this.#revision) return;
    const loaded = emptyMaps();
    await Promise.all((Object.keys(loaded) as HeldName[]).map((name) => this.#load(name, loaded)));
    this.#held = loaded;
    this.#revision = revision;
  }

  /** Inserts a document; false when its key is taken. */
  async insert<K extends HeldName>(collection: K, document: HeldDocuments[K]): Promise<boolean> {
    try {
      await this.#db.collection<Keyed>(collection).insertOne(document);
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw toStoreError(error);
    }
    await this.#loading;
    this.#held[collection].set(document._id, document);
    await this.#changed();
    return true;
  }

  /** Deletes documents by key. Keys that are not there are passed over. */
  async remove(collection: HeldName, keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.#db.collection<Keyed>(collection).deleteOne({ _id: key });
      await this.#loading;
      this.#held[collection].delete(key);
    }
    await this.#changed();
  }

  /** Changes which version a campaign serves, or how it answers; other fields keep their values. */
  async changeCampaign(
    key: string,
    changes: Partial<Pick<CampaignDocument, "versionId" | "exploration">>,
    now: number,
  ): Promise<void> {
    const changed = { ...changes, updatedAt: now };
    await this.#db.collection<CampaignDocument>("campaigns").updateOne({ _id: key }, { $set: changed });
    await this.#loading;
    const campaign = this.campaigns.get(key);
    if (campaign) this.#held.campaigns.set(key, { ...campaign, ...changed });
    await this.#changed();
  }

  /** Claims the n-th attempt at training a version; false when another process has it. */
  async claimAttempt(versionKey: string, attempt: number): Promise<boolean> {
    try {
      await this.#db.collection<Keyed>("attempts").insertOne({ _id: `${versionKey}|${attempt}` });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw toStoreError(error);
    }
  }

  /** Overwrites a version's progress. */
  async writeProgress(progress: ProgressDocument): Promise<void> {
    const { _id, ...fields } = progress;
    await this.#db.collection<ProgressDocument>("progress").updateOne({ _id }, { $set: fields }, { upsert: true });
  }

  /** A version's progress as last written. */
  async readProgress(versionKey: string): Promise<ProgressDocument | null> {
    return this.#db.collection<ProgressDocument>("progress").findOne({ _id: versionKey });
  }

  /** Overwrites what was seen of a dataset group. */
  async writeGroup(group: SeenGroupDocument): Promise<void> {
    await this.#db.collection<SeenGroupDocument>("groups").replaceOne({ _id: group._id }, group, { upsert: true });
    await this.#loading;
    this.#held.groups.set(group._id, group);
    await this.#changed();
  }

  /** Overwrites a batch job's progress. */
  async writeBatchProgress(progress: BatchProgressDocument): Promise<void> {
    const { _id, ...fields } = progress;
    await this.#db
      .collection<BatchProgressDocument>("batchProgress")
      .updateOne({ _id }, { $set: fields }, { upsert: true });
  }

  /** A batch job's progress as last written. */
  async readBatchProgress(key: string): Promise<BatchProgressDocument | null> {
    return this.#db.collection<BatchProgressDocument>("batchProgress").findOne({ _id: key });
  }

  /** Forgets a batch job's progress. */
  async removeBatchProgress(key: string): Promise<void> {
    await this.#db.collection<BatchProgressDocument>("batchProgress").deleteOne({ _id: key });
  }

  async #load<K extends HeldName>(name: K, into: HeldMaps): Promise<void> {
    for await (const document of this.#db.collection<Keyed>(name).find({})) {
      into[name].set(document._id, document as unknown as HeldDocuments[K]);
    }
  }

  /** Tells every other process that shares the database to load again. */
  async #changed(): Promise<void> {
    await this.#db
      .collection<{ _id: string; value: number }>("meta")
      .updateOne({ _id: REVISION }, { $inc: { value: 1 } }, { upsert: true });
  }
}
