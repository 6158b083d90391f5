import { Client, credentials, Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { createClient, unaryCall } from "@palate/host";
import {
  CreateCampaignRequest,
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  GetRecommendationsRequest,
  RecipeServiceClient,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { eventually, importInteractions, startPalate, twoCircles, type TestPalate } from "../../support/palate.js";
import { processorTimeOf } from "../processes/processor-time.js";
import type { DrawnCall } from "./draw-call.js";

/** Milliseconds that a call gets. */
const DEADLINE_MS = 20_000;

/** Messages that are read of an answer before the call is given up, and milliseconds that are waited for one. */
const READ_MESSAGES = 3;
const READ_MS = 300;

const SERVICES = ["datasets", "popularity"] as const;
const GROUP = "fuzzed";

/** The datasets service and the popularity service, each in a process of its own, with a group that has a campaign. */
export class ServicesUnderTest {
  readonly #palate: TestPalate;
  readonly #clients: Readonly<Record<(typeof SERVICES)[number], Client>>;
  readonly #recommendations: RecommendationServiceClient;
  readonly #pids: readonly (number | undefined)[];
  readonly #times: readonly (() => number)[];

  private constructor(palate: TestPalate) {
    this.#palate = palate;
    const connect = (service: string) =>
      new Client(palate.supervisor.address(service), credentials.createInsecure(), {
        "grpc.max_receive_message_length": -1,
        "grpc.max_send_message_length": -1,
        "grpc.enable_retries": 0,
      });
    this.#clients = { datasets: connect("datasets"), popularity: connect("popularity") };
    this.#recommendations = createClient(RecommendationServiceClient, palate.supervisor.address("popularity"));
    this.#pids = this.#currentPids();
    this.#times = this.#pids.map((pid) => processorTimeOf(pid ?? 0));
  }

  static async start(): Promise<ServicesUnderTest> {
    const palate = await startPalate(SERVICES, { PALATE_LOG_LEVEL: "error" });
    await importInteractions(palate, GROUP, twoCircles(40, 20, 6));
    const recipes = createClient(RecipeServiceClient, palate.supervisor.address("popularity"));
    const [datasetGroup, name] = [GROUP, "main"];
    const solution = CreateSolutionRequest.fromPartial({ datasetGroup, name, recipe: "aws-popularity-count" });
    await unaryCall(recipes, recipes.createSolution, solution);
    const version = CreateSolutionVersionRequest.fromPartial({ datasetGroup, solution: name });
    await unaryCall(recipes, recipes.createSolutionVersion, version);
    const campaign = CreateCampaignRequest.fromPartial({ datasetGroup, name, solution: name });
    await unaryCall(recipes, recipes.createCampaign, campaign);
    recipes.close();
    const services = new ServicesUnderTest(palate);
    await eventually(() =>
      services.checkUsable().then(
        () => true,
        () => false,
      ),
    );
    return services;
  }

  /** Milliseconds that the main threads of the services have computed. */
  processorTime(): number {
    return this.#times.reduce((sum, time) => sum + time(), 0);
  }

  /** Makes a call; resolves to its status, OK also where an answer that does not end was given up. */
  call({ method, messages }: DrawnCall): Promise<Pick<ServiceError, "code" | "details">> {
    const client = this.#clients[method.service];
    const same = (bytes: Buffer) => bytes;
    const options = { deadline: Date.now() + DEADLINE_MS };
    const common = [method.path, same, same] as const;
    const metadata = new Metadata();
    return new Promise((resolve) => {
      const ok = { code: status.OK, details: "" };
      const done = (error: ServiceError | null) => resolve(error ?? ok);
      const [first] = messages;
      switch (method.descriptor.methodKind) {
        case "unary":
          return void client.makeUnaryRequest(...common, Buffer.from(first!), metadata, options, done);
        case "client_streaming": {
          const call = client.makeClientStreamRequest(...common, metadata, options, done);
          for (const message of messages) call.write(Buffer.from(message));
          return call.end();
        }
        case "server_streaming":
          return readSome(client.makeServerStreamRequest(...common, Buffer.from(first!), metadata, options), resolve);
        case "bidi_streaming": {
          const call = client.makeBidiStreamRequest(...common, metadata, options);
          readSome(call, resolve);
          for (const message of messages) call.write(Buffer.from(message));
          return call.end();
        }
      }
    });
  }

  /** Throws Error unless both processes are those that were started, and answer what they should. */
  async checkUsable(): Promise<void> {
    const pids = this.#currentPids();
    if (pids.some((pid, at) => pid !== this.#pids[at])) throw new Error("a service ended");
    const { datasets } = this.#palate;
    await unaryCall(datasets, datasets.getDatasetGroup, { name: GROUP, uid: "" });
    const question = { datasetGroup: GROUP, campaign: "main", userId: "u0", numResults: 5 };
    const client = this.#recommendations;
    const answer = await unaryCall(client, client.getRecommendations, GetRecommendationsRequest.fromPartial(question));
    if (answer.itemIds.length !== 5) throw new Error(`5 items were asked for, and ${answer.itemIds.length} came`);
  }

  async stop(): Promise<void> {
    for (const client of Object.values(this.#clients)) client.close();
    this.#recommendations.close();
    await this.#palate.stop();
  }

  #currentPids(): readonly (number | undefined)[] {
    return SERVICES.map((service) => this.#palate.supervisor.pids().get(service));
  }
}

/** Reads the beginning of an answer, and gives the rest up. */
function readSome(
  call: NodeJS.EventEmitter & { cancel(): void },
  resolve: (result: Pick<ServiceError, "code" | "details">) => void,
): void {
  let read = 0;
  const enough = () => {
    resolve({ code: status.OK, details: "" });
    call.cancel();
  };
  let timer = setTimeout(enough, READ_MS);
  call.on("data", () => {
    clearTimeout(timer);
    if (++read >= READ_MESSAGES) return enough();
    timer = setTimeout(enough, READ_MS);
  });
  call.on("error", (error: ServiceError) => {
    clearTimeout(timer);
    resolve(error);
  });
  call.on("end", () => {
    clearTimeout(timer);
    // The status comes after the end; an error resolves first where there is one.
    setImmediate(() => resolve({ code: status.OK, details: "" }));
  });
}
