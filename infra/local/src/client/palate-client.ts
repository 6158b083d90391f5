import { createReadStream } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as documents from "./documents.js";
import { GraphqlClient, RequestFailure } from "./graphql-client.js";

/** What a dataset holds. */
export type DatasetType = "INTERACTIONS" | "ITEMS" | "USERS";

/** Something wrong with a mutation's input. */
interface UserError {
  readonly field: string | null;
  readonly message: string;
  readonly code: string;
}

/** An import job. */
export interface ImportJob {
  readonly jobName: string;
  /** "CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE" or "CREATE FAILED". */
  readonly status: string;
  readonly failureReason: string | null;
  /** Rows in the file. */
  readonly rows: number;
  /** Share done, 0 to 1. */
  readonly progress: number;
}

/** A training and its model. */
export interface SolutionVersion {
  readonly versionId: string;
  /** "ACTIVE" once trained; "CREATE FAILED" and "CREATE STOPPED" are ends, too. */
  readonly status: string;
  readonly failureReason: string | null;
  readonly trainingSeconds: number;
  /** Tensor backend, or "none". */
  readonly backend: string;
  /** Checkpoints that can serve. */
  readonly checkpoints: number;
  readonly progress: { phase: string; fraction: number; message: string; secondsLeft: number | null } | null;
  readonly metrics: readonly { name: string; value: number }[];
  readonly baselineMetrics: readonly { name: string; value: number }[];
}

/** One recommended item. */
export interface RecommendedItem {
  readonly itemId: string;
  readonly score: number | null;
  readonly reason: string | null;
  /** The metadata columns asked for. */
  readonly attributes: ReadonlyMap<string, string>;
}

/** An answer. */
export interface Recommendations {
  readonly recommendationId: string;
  readonly versionId: string;
  /** Interactions of the user that it rests on. */
  readonly historyLength: number;
  readonly items: readonly RecommendedItem[];
}

/** A question to a campaign. */
export interface RecommendationQuery {
  readonly campaign: string;
  readonly userId?: string;
  readonly itemId?: string;
  /** Items wanted. */
  readonly first: number;
  /** Item columns wanted with each item. */
  readonly columns?: readonly string[];
}

/** An event. */
export interface InteractionEvent {
  readonly userId: string;
  readonly itemId: string;
  readonly eventType?: string;
  readonly eventValue?: number;
  readonly recommendationId?: string;
  readonly eventId?: string;
}

const ENDED = ["ACTIVE", "CREATE FAILED", "CREATE STOPPED"];
const POLL_MS = 100;

/** Talks to one dataset group through the gateway's public GraphQL API. What exists already is left as it is. */
export class PalateClient {
  /** The dataset group. */
  readonly datasetGroup: string;
  readonly #client: GraphqlClient;

  /**
   * @param url the gateway's address
   * @param datasetGroup the group everything is about
   * @param key an API key, where callers are asked who they are
   */
  constructor(url: string, datasetGroup: string, key?: string) {
    this.#client = new GraphqlClient(url, key);
    this.datasetGroup = datasetGroup;
  }

  /** Makes sure that the dataset group exists. */
  async ensureDatasetGroup(): Promise<void> {
    await this.#mutate(documents.CREATE_DATASET_GROUP, { name: this.datasetGroup }, ["ALREADY_EXISTS"]);
  }

  /** Sends a file to the gateway; returns the location to import it from. */
  async upload(file: string): Promise<string> {
    const url = `${this.#client.url}/uploads?name=${encodeURIComponent(path.basename(file))}`;
    const body = createReadStream(file) as unknown as ReadableStream;
    // Node's fetch takes any async iterable as a body, and then wants "half"; its types know neither.
    const request = { method: "POST", body, headers: this.#client.headers, duplex: "half" } as unknown as RequestInit;
    const response = await fetch(url, request);
    const answer = (await response.json()) as { location?: string; errors?: { message: string }[] };
    if (answer.location) return answer.location;
    throw new RequestFailure(String(response.status), answer.errors?.[0]?.message ?? response.statusText);
  }

  /** A schema that fits a file. */
  async inferSchema(location: string, datasetType: DatasetType): Promise<string> {
    const variables = { location, datasetType };
    const answer = await this.#client.run<{ inferSchema: { schema: string } }>(documents.INFER_SCHEMA, variables);
    return answer.inferSchema.schema;
  }

  /** Makes sure that the dataset of this type exists, with a schema of its own (an Avro record as JSON text). */
  async ensureDataset(datasetType: DatasetType, schema: string): Promise<void> {
    const name = datasetType.toLowerCase();
    const schemaName = `${this.datasetGroup}-${name}`;
    const exists = ["ALREADY_EXISTS"];
    await this.#mutate(documents.CREATE_SCHEMA, { name: schemaName, schema, datasetType }, exists);
    const input = { datasetGroup: this.datasetGroup, name, datasetType, schemaName };
    await this.#mutate(documents.CREATE_DATASET, input, exists);
  }

  /** Whether an import of this name has succeeded. */
  async isImported(jobName: string): Promise<boolean> {
    return (await this.#importJob(jobName))?.status === "ACTIVE";
  }

  /**
   * Imports a file and waits for the end.
   * @param onProgress told how far it is
   * @throws RequestFailure with the first problem when the file is refused
   */
  async importFile(
    jobName: string,
    datasetType: DatasetType,
    location: string,
    onProgress: (job: ImportJob) => void = () => {},
  ): Promise<ImportJob> {
    const input = { datasetGroup: this.datasetGroup, jobName, datasetType, location };
    await this.#mutate(documents.CREATE_IMPORT_JOB, input);
    for (;;) {
      const job = await this.#importJob(jobName);
      if (!job) throw new RequestFailure("NOT_FOUND", `Import job ${jobName} is gone.`);
      onProgress(job);
      if (job.status === "ACTIVE") return job;
      if (ENDED.includes(job.status)) throw new RequestFailure(job.status, job.failureReason ?? job.status);
      await sleep(POLL_MS);
    }
  }

  /** Makes sure that the solution exists. */
  async ensureSolution(
    name: string,
    recipe: string,
    hyperparameters: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const input = { datasetGroup: this.datasetGroup, name, recipe, hyperparameters };
    await this.#mutate(documents.CREATE_SOLUTION, input, ["ALREADY_EXISTS"]);
  }

  /** A solution's newest version; undefined before the first. */
  async latestVersion(solution: string): Promise<SolutionVersion | undefined> {
    const variables = { datasetGroup: this.datasetGroup, name: solution };
    const answer = await this.#client.run<{ solution: { latestVersionId: string | null } | null }>(
      documents.SOLUTION,
      variables,
    );
    const versionId = answer.solution?.latestVersionId;
    return versionId ? this.version(solution, versionId) : undefined;
  }

  /** Starts a training. */
  async createVersion(solution: string): Promise<SolutionVersion> {
    const input = { datasetGroup: this.datasetGroup, solution };
    const payload = await this.#mutate(documents.CREATE_SOLUTION_VERSION, input);
    return payload.solutionVersion as SolutionVersion;
  }

  /** How a training stands. */
  async version(solution: string, versionId: string): Promise<SolutionVersion> {
    const variables = { datasetGroup: this.datasetGroup, solution, versionId };
    const answer = await this.#client.run<{ solutionVersion: SolutionVersion | null }>(
      documents.SOLUTION_VERSION,
      variables,
    );
    if (!answer.solutionVersion) throw new RequestFailure("NOT_FOUND", `Version ${versionId} of ${solution} is gone.`);
    return answer.solutionVersion;
  }

  /**
   * Waits until a training has ended well.
   * @throws RequestFailure when it failed or was stopped
   */
  async trained(
    solution: string,
    versionId: string,
    onProgress: (version: SolutionVersion) => void = () => {},
  ): Promise<SolutionVersion> {
    for (;;) {
      const version = await this.version(solution, versionId);
      onProgress(version);
      if (version.status === "ACTIVE") return version;
      if (ENDED.includes(version.status)) {
        throw new RequestFailure(version.status, `${solution}: ${version.failureReason ?? version.status}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Makes sure that a campaign serves the solution's newest version. */
  async ensureCampaign(name: string, solution: string): Promise<void> {
    const input = { datasetGroup: this.datasetGroup, name, solution };
    await this.#mutate(documents.CREATE_CAMPAIGN, input, ["ALREADY_EXISTS"]);
  }

  /** Asks a campaign. */
  async recommend(query: RecommendationQuery): Promise<Recommendations> {
    const variables = { datasetGroup: this.datasetGroup, ...query };
    const { recommendations } = await this.#client.run<{
      recommendations: Omit<Recommendations, "items"> & {
        edges: { score: number | null; reason: string | null; node: { itemId: string; attributes: NameValue[] } }[];
      };
    }>(documents.RECOMMENDATIONS, variables);
    const items = recommendations.edges.map(({ score, reason, node }) => {
      const attributes = new Map(node.attributes.map((each) => [each.name, each.value]));
      return { itemId: node.itemId, score, reason, attributes };
    });
    const { recommendationId, versionId, historyLength } = recommendations;
    return { recommendationId, versionId, historyLength, items };
  }

  /**
   * Asks a campaign that may only just be loading its model or data, again and again until it answers.
   * @param withinMs gives up after this long
   * @throws RequestFailure the last one, when it has not answered by then
   */
  async recommendOnceLoaded(query: RecommendationQuery, withinMs = 60_000): Promise<Recommendations> {
    const end = Date.now() + withinMs;
    for (;;) {
      try {
        return await this.recommend(query);
      } catch (error) {
        if (!(error instanceof RequestFailure) || error.code !== "UNAVAILABLE" || Date.now() > end) throw error;
      }
      await sleep(POLL_MS);
    }
  }

  /** Records events; they are durable when this resolves. */
  async putEvents(interactions: readonly InteractionEvent[]): Promise<void> {
    await this.#mutate(documents.PUT_EVENTS, { datasetGroup: this.datasetGroup, interactions });
  }

  async #importJob(jobName: string): Promise<ImportJob | undefined> {
    const variables = { datasetGroup: this.datasetGroup, jobName };
    const answer = await this.#client.run<{ importJob: ImportJob | null }>(documents.IMPORT_JOB_QUERY, variables);
    return answer.importJob ?? undefined;
  }

  /** Runs a mutation of one field; its user errors are thrown unless their codes are in `accepted`. */
  async #mutate(document: string, input: unknown, accepted: readonly string[] = []): Promise<Record<string, unknown>> {
    const data = await this.#client.run<Record<string, { userErrors: UserError[] }>>(document, { input });
    const payload = Object.values(data)[0] as { userErrors: UserError[] };
    const refused = payload.userErrors.find(({ code }) => !accepted.includes(code));
    if (refused) throw new RequestFailure(refused.code, refused.message);
    return payload as unknown as Record<string, unknown>;
  }
}

interface NameValue {
  readonly name: string;
  readonly value: string;
}
