import { createClient, streamCall, unaryCall } from "@palate/host";
import { Interaction, type DatasetServiceClient, type StreamEventsResponse } from "@palate/proto/dataset";
import { CreateBatchJobRequest, RecipeServiceClient, RecommendationServiceClient } from "@palate/proto/recipe";
import { expect } from "vitest";
import { createFilmShop, serve } from "./film-shop.js";
import { eventually, startPalate, type TestPalate } from "./palate.js";

/** The dataset group behind the doors: the film shop. */
export const GROUP = "films";
/** A recipe that counts, and the campaign and solution of that name. */
export const POPULAR = "aws-popularity-count";
/** A recipe that finds users, and its campaign. */
export const AFFINITY = "aws-item-affinity";

/** Tries a value at one door and gives what an outsider is told: the text of the refusal, or "" when there is none. */
export type Door = (value: unknown) => Promise<string>;

/** Arguments of a question to {@link POPULAR}. */
export const ask = (rest: string): string => `(datasetGroup: "${GROUP}", campaign: "${POPULAR}", ${rest})`;

/** A value as it is written in JSON; a bigint as a number with all its digits. */
export const json = (value: unknown): string => (typeof value === "bigint" ? String(value) : JSON.stringify(value));

const DATASET_TYPES = { INTERACTIONS: 1, ITEMS: 2, USERS: 3 } as const;

/** What a call over gRPC is refused with: its message and its fields; "" when it is not. */
export function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "",
    (error: { message: string; details?: { violations?: readonly object[] } }) =>
      `${error.message} ${JSON.stringify(error.details?.violations ?? [])}`,
  );
}

/** Palate with the film shop, and its doors: files, streams, GraphQL, gRPC and batches. */
export class Doors {
  readonly #palate: TestPalate;
  readonly datasets: DatasetServiceClient;
  readonly popular: RecommendationServiceClient;
  readonly segments: RecommendationServiceClient;
  readonly recipes: RecipeServiceClient;
  #jobs = 0;

  private constructor(palate: TestPalate) {
    const { supervisor, datasets } = palate;
    this.#palate = palate;
    this.datasets = datasets;
    this.popular = createClient(RecommendationServiceClient, supervisor.address("popularity"));
    this.recipes = createClient(RecipeServiceClient, supervisor.address("popularity"));
    this.segments = createClient(RecommendationServiceClient, supervisor.address("segments"));
  }

  static async open(): Promise<Doors> {
    const palate = await startPalate(["datasets", "popularity", "segments", "gateway"]);
    await createFilmShop(palate, GROUP);
    await Promise.all([serve(palate, "popularity", GROUP, POPULAR), serve(palate, "segments", GROUP, AFFINITY)]);
    return new Doors(palate);
  }

  async close(): Promise<void> {
    for (const client of [this.popular, this.segments, this.recipes]) client.close();
    await this.#palate.stop();
  }

  /** Sends something to the gateway. */
  post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.#palate.supervisor.gatewayUrl}${path}`, { method: "POST", body, headers });
  }

  /**
   * What a GraphQL request is refused with: its errors, or its userErrors.
   * @param variables as they are written in JSON
   */
  async graphql(query: string, variables = "{}"): Promise<string> {
    const body = `{"query":${JSON.stringify(query)},"variables":${variables}}`;
    const answer = await this.post("/graphql", body, { "content-type": "application/json" });
    const { data, errors } = (await answer.json()) as {
      data?: Record<string, { userErrors?: readonly object[] }>;
      errors?: readonly { message: string; extensions: { code: string; violations?: unknown } }[];
    };
    const [error] = errors ?? [];
    if (error) {
      expect(error.extensions.code, error.message).toBe("BAD_USER_INPUT");
      return `${error.message} ${JSON.stringify(error.extensions.violations ?? [])}`;
    }
    const found = Object.values(data ?? {}).flatMap((field) => field.userErrors ?? []);
    return found.length === 0 ? "" : JSON.stringify(found);
  }

  /** Through the variable $x of a query or mutation. */
  variable(type: string, operation: string): Door {
    const query = operation.startsWith("mutation")
      ? operation.replace("mutation", `mutation ($x: ${type})`)
      : `query ($x: ${type}) ${operation}`;
    return (value) => this.graphql(query, `{"x":${json(value)}}`);
  }

  /** Through a file that is imported, as a dry run. */
  file(type: keyof typeof DATASET_TYPES, name: string, content: (value: unknown) => string): Door {
    return async (value) => {
      const upload = await this.post(`/uploads?name=${name}`, content(value));
      const { location } = (await upload.json()) as { location: string };
      const key = { datasetGroup: GROUP, jobName: `import-${this.#jobs++}` };
      const job = { ...key, datasetType: DATASET_TYPES[type], location, locations: [], importMode: 2 };
      await unaryCall(this.datasets, this.datasets.createDatasetImportJob, {
        ...job,
        dryRun: true,
        mapping: undefined,
      });
      let reason = "";
      await eventually(async () => {
        const { datasetImportJob } = await unaryCall(this.datasets, this.datasets.getDatasetImportJob, key);
        reason = datasetImportJob!.failureReason;
        return datasetImportJob!.status >= 3;
      });
      return reason;
    };
  }

  /** Through the one line of a batch job. */
  batch(line: (value: unknown) => string): Door {
    return async (value) => {
      const { recipes } = this;
      const key = { datasetGroup: GROUP, jobName: `job-${this.#jobs++}` };
      const request = CreateBatchJobRequest.fromPartial({ ...key, solution: POPULAR, input: Buffer.from(line(value)) });
      await unaryCall(recipes, recipes.createBatchJob, request);
      await eventually(async () => (await unaryCall(recipes, recipes.getBatchJob, key)).batchJob!.linesDone === 1);
      let text = "";
      for await (const { data } of streamCall(recipes, recipes.readBatchJobOutput, key)) text += data.toString();
      return (JSON.parse(text) as { error: string | null }).error ?? "";
    };
  }

  /** Through the user's id in a stream of events. */
  async stream(userId: unknown): Promise<string> {
    const call = this.datasets.streamEvents();
    const answer = new Promise<StreamEventsResponse>((resolve, reject) => {
      call.on("data", resolve);
      call.on("error", reject);
    });
    const interactions = [Interaction.fromPartial({ userId: String(userId), itemId: "i", timestamp: 1 })];
    call.write({ datasetGroup: GROUP, interactions, actionInteractions: [] });
    call.end();
    const { refusal: refused } = await answer;
    return refused ? `${refused.message} ${JSON.stringify(refused.violations)}` : "";
  }
}
