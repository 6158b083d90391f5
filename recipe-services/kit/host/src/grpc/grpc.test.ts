import { type Client, credentials, loadPackageDefinition, Metadata, status } from "@grpc/grpc-js";
import { DatasetServiceClient, DatasetServiceService, type UploadFileRequest } from "@palate/proto/dataset";
import {
  GetRecommendationsRequest,
  RecipeServiceClient,
  RecipeServiceService,
  RecommendationServiceClient,
} from "@palate/proto/recipe";
import { service as healthService } from "grpc-health-check";
import { afterEach, describe, expect, it } from "vitest";
import { invalidArgument, notFound, unavailable } from "../errors/palate-error.js";
import { createLogger } from "../logger.js";
import { createClient, streamCall, unaryCall } from "./grpc-client.js";
import { handlersFor } from "./grpc-handlers.js";
import { startGrpcServer, type RunningGrpcServer } from "./grpc-server.js";

const { clientStream, unary, serverStream } = handlersFor(createLogger("test", "silent"));
let server: RunningGrpcServer;
let clients: Client[] = [];

async function start(
  implementation: Parameters<typeof startGrpcServer>[1][number]["implementation"],
): Promise<RecipeServiceClient> {
  server = await startGrpcServer("127.0.0.1:0", [
    {
      name: "palate.recipe.v1.RecipeService",
      definition: RecipeServiceService,
      implementation,
    },
  ]);
  return connect(RecipeServiceClient);
}

function connect<C extends Client>(ClientClass: Parameters<typeof createClient<C>>[0]): C {
  const client = createClient(ClientClass, `127.0.0.1:${server.port}`);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients) client.close();
  clients = [];
  await server.close(1_000);
});

async function healthOf(name: string): Promise<string> {
  const HealthClient = (
    loadPackageDefinition({ Health: healthService }) as unknown as {
      Health: new (address: string, creds: unknown) => Client;
    }
  ).Health;
  const client = new HealthClient(`127.0.0.1:${server.port}`, credentials.createInsecure()) as Client & {
    check(request: { service: string }, callback: (error: Error | null, response: { status: string }) => void): void;
  };
  clients.push(client);
  return new Promise((resolve, reject) =>
    client.check({ service: name }, (error, response) => (error ? reject(error) : resolve(response.status))),
  );
}

describe("gRPC host", () => {
  it("answers, with the caller's error as it was thrown", async () => {
    const client = await start({
      getSolution: unary("GetSolution", () => {
        throw notFound("solution", "x", "Create it first.");
      }),
      listRecipes: unary("ListRecipes", async () => ({ recipes: [] })),
    });
    await expect(unaryCall(client, client.listRecipes, {})).resolves.toEqual({ recipes: [] });
    await expect(unaryCall(client, client.getSolution, { datasetGroup: "g", name: "x" })).rejects.toMatchObject({
      code: "not_found",
      message: 'There is no solution "x". Create it first.',
      details: { resourceType: "solution", resourceName: "x" },
    });
  });

  it.each([
    ["a name of 100,000 characters", notFound("recipe", "r".repeat(100_000))],
    ["a message of a million", invalidArgument(`This is no recipe: ${"x".repeat(1_000_000)}`)],
    ["half a character", invalidArgument(`"${"🎨".slice(0, 1)}" is no recipe`)],
    [
      "20,000 violations",
      invalidArgument(
        "x",
        Array.from({ length: 20_000 }, (_, at) => ({ field: `${at}`, message: "x" })),
      ),
    ],
  ])("goes on answering all others whatever an error quotes: %s", async (_, error) => {
    const client = await start({
      listRecipes: unary("listRecipes", () => ({ recipes: [] })),
      getSolution: unary("getSolution", () => {
        throw error;
      }),
      watchSolutionVersion: serverStream("watchSolutionVersion", async function* () {
        yield* [];
        throw error;
      }),
    });
    const failing = [
      unaryCall(client, client.getSolution, { datasetGroup: "g", name: "x" }),
      streamCall(client, client.watchSolutionVersion, { datasetGroup: "g", solution: "x", versionId: "v" }).next(),
    ];
    for (const call of failing) await expect(call).rejects.toMatchObject({ code: error.code });
    await expect(unaryCall(client, client.listRecipes, {})).resolves.toEqual({ recipes: [] });
  });

  describe.each([
    ["garbage", Buffer.from([0xff, 0xff, 0xff])],
    ["a text that is not UTF-8", Buffer.from([0x0a, 2, 0xc3, 0x28])],
    ["a length beyond the end", Buffer.from([0x0a, 0x7f, 0x61])],
    ["groups in groups, 100,000 deep", Buffer.alloc(100_000, 0x0b)],
  ])("a request that is %s", (_, bytes) => {
    it.each(["GetSolution", "WatchSolutionVersion"])("is the caller's mistake: %s", async (method) => {
      const asked: unknown[] = [];
      const client = await start({
        getSolution: unary("getSolution", (request) => asked.push(request) && {}),
        watchSolutionVersion: serverStream("watchSolutionVersion", async function* (request) {
          yield asked.push(request) && {};
        }),
      });
      const path = `/palate.recipe.v1.RecipeService/${method}`;
      const answered = new Promise((resolve, reject) => {
        const call = client.makeServerStreamRequest(path, (sent: Buffer) => sent, String, bytes, new Metadata(), {});
        call.on("data", resolve);
        call.on("error", reject);
      });
      await expect(answered).rejects.toMatchObject({
        code: status.INVALID_ARGUMENT,
        details: expect.stringContaining("cannot be read") as string,
      });
      expect(asked).toEqual([]);
    });
  });

  it("refuses a request of more than 16 MiB", async () => {
    const client = await start({ getSolution: unary("getSolution", () => ({})) });
    const request = { datasetGroup: "g", name: "x".repeat(17 * 1024 * 1024) };
    await expect(unaryCall(client, client.getSolution, request)).rejects.toMatchObject({ code: "resource_exhausted" });
    await expect(unaryCall(client, client.getSolution, { datasetGroup: "g", name: "x" })).resolves.toBeDefined();
  });

  it("says UNIMPLEMENTED to services and methods it does not have", async () => {
    const client = await start({});
    await expect(unaryCall(client, client.listRecipes, {})).rejects.toMatchObject({ code: "unimplemented" });
    const other = connect(RecommendationServiceClient);
    await expect(unaryCall(other, other.getRecommendations, GetRecommendationsRequest.create())).rejects.toMatchObject({
      code: "unimplemented",
    });
  });

  it("does not repeat a call that a handler refused as unavailable", async () => {
    let calls = 0;
    const client = await start({
      listRecipes: unary("ListRecipes", () => {
        calls++;
        throw unavailable("MongoDB cannot be reached.");
      }),
    });
    await expect(unaryCall(client, client.listRecipes, {})).rejects.toMatchObject({ code: "unavailable" });
    expect(calls).toBe(1);
  });

  it("is NOT_SERVING until told otherwise", async () => {
    await start({});
    expect(await healthOf("palate.recipe.v1.RecipeService")).toBe("NOT_SERVING");
    server.setServing(true);
    expect(await healthOf("palate.recipe.v1.RecipeService")).toBe("SERVING");
    expect(await healthOf("")).toBe("SERVING");
  });

  it("ends a call at its deadline and tells the handler", async () => {
    let aborted: () => void;
    const heard = new Promise<void>((resolve) => (aborted = resolve));
    const client = await start({
      listRecipes: unary("ListRecipes", (_request, context) => {
        context.signal.addEventListener("abort", () => aborted());
        return new Promise(() => {});
      }),
    });
    await expect(unaryCall(client, client.listRecipes, {}, { deadlineMs: 100 })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    await heard;
  });

  it("does not wait for a call that was given up before it was made", async () => {
    const client = await start({ listRecipes: unary("ListRecipes", () => new Promise(() => {})) });
    const signal = AbortSignal.abort();
    await expect(unaryCall(client, client.listRecipes, {}, { signal })).rejects.toMatchObject({ code: "cancelled" });
    const request = { datasetGroup: "", solution: "", versionId: "" };
    await expect(streamCall(client, client.watchSolutionVersion, request, { signal }).next()).rejects.toMatchObject({
      code: "cancelled",
    });
  });

  it("stops a stream when the client has had enough", async () => {
    let closed: () => void;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    const client = await start({
      watchSolutionVersion: serverStream("WatchSolutionVersion", async function* () {
        try {
          for (;;) {
            yield { solutionVersion: undefined };
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        } finally {
          closed();
        }
      }),
    });
    let received = 0;
    for await (const _ of streamCall(client, client.watchSolutionVersion, {
      datasetGroup: "",
      solution: "",
      versionId: "",
    }))
      if (++received === 3) break;
    expect(received).toBe(3);
    await ended;
  });

  it("does not take a stream that the client gave up for a whole one", async () => {
    let begun: () => void = () => {};
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    let ended: (how: string) => void = () => {};
    const end = new Promise<string>((resolve) => (ended = resolve));
    server = await startGrpcServer("127.0.0.1:0", [
      {
        name: "palate.dataset.v1.DatasetService",
        definition: DatasetServiceService,
        implementation: {
          uploadFile: clientStream("UploadFile", async (messages: AsyncIterable<UploadFileRequest>) => {
            try {
              let bytes = 0;
              for await (const { data } of messages) {
                bytes += data.length;
                begun();
              }
              ended("stored");
              return { location: "", bytes };
            } catch (thrown) {
              ended("given up");
              throw thrown;
            }
          }),
        },
      },
    ]);
    const client = connect(DatasetServiceClient);
    const call = client.uploadFile(() => {});
    call.on("error", () => {});
    call.write({ fileName: "a.csv", data: Buffer.from("USER_ID") });
    await beginning;
    call.cancel();
    expect(await end).toBe("given up");
  });

  it("lets calls in progress finish when it closes, and refuses new ones", async () => {
    let release: () => void = () => {};
    let begun: () => void = () => {};
    const started = new Promise<void>((resolve) => (begun = resolve));
    const client = await start({
      listRecipes: unary("ListRecipes", () => {
        begun();
        return new Promise((resolve) => (release = () => resolve({ recipes: [] })));
      }),
    });
    const call = unaryCall(client, client.listRecipes, {});
    await started;
    const closing = server.close(5_000);
    release();
    await expect(call).resolves.toEqual({ recipes: [] });
    await closing;
    await expect(unaryCall(client, client.listRecipes, {}, { deadlineMs: 500 })).rejects.toMatchObject({
      retryable: true,
    });
  });
});
