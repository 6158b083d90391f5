import { create, createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { credentials, makeClientConstructor, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { readDescriptorSet } from "@palate/proto/descriptors";
import { RecipeServiceService } from "@palate/proto/recipe";
import {
  ServerReflectionClient,
  ServerReflectionRequest,
  ServerReflectionService,
  type ServerReflectionResponse,
} from "@palate/proto/reflection";
import { afterEach, describe, expect, it } from "vitest";
import { DescriptorIndex } from "./descriptor-index.js";
import { startGrpcServer } from "./grpc-server.js";
import { addReflection } from "./reflection-service.js";

const SERVICE = "palate.recipe.v1.RecipeService";
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startService(): Promise<ServerReflectionClient> {
  const server = await startGrpcServer("127.0.0.1:0", [
    { name: SERVICE, definition: RecipeServiceService, implementation: {} },
  ]);
  closers.push(() => server.close(1_000));
  return connect(server.port);
}

function connect(port: number, ClientClass = ServerReflectionClient): ServerReflectionClient {
  const client = new ClientClass(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(() => client.close());
  return client;
}

/** Asks over one stream, and ends it. */
async function ask(
  client: ServerReflectionClient,
  ...requests: Partial<ServerReflectionRequest>[]
): Promise<ServerReflectionResponse[]> {
  const call = client.serverReflectionInfo({ deadline: Date.now() + 10_000 });
  for (const request of requests) call.write(ServerReflectionRequest.create(request));
  call.end();
  const answers: ServerReflectionResponse[] = [];
  for await (const answer of call) answers.push(answer as ServerReflectionResponse);
  return answers;
}

function filesOf(answer: ServerReflectionResponse | undefined): FileDescriptorProto[] {
  expect(answer?.errorResponse).toBeUndefined();
  const files = answer?.fileDescriptorResponse?.fileDescriptorProto ?? [];
  return files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
}

const namesOf = (files: readonly FileDescriptorProto[]) => files.map(({ name }) => name);
const servicesOf = (answer: ServerReflectionResponse | undefined) =>
  answer?.listServicesResponse?.service.map(({ name }) => name);

describe("reflection", () => {
  it("names every service, health's and its own among them", async () => {
    const client = await startService();
    const [answer] = await ask(client, { host: "a", listServices: "*" });
    expect(servicesOf(answer)).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      SERVICE,
    ]);
    expect(answer).toMatchObject({ validHost: "a", originalRequest: { host: "a", listServices: "*" } });
  });

  it("sends what the compiler made, byte for byte, with all that it takes to use it", async () => {
    const client = await startService();
    const compiled = Buffer.from(readDescriptorSet());
    const services = servicesOf((await ask(client, { listServices: "" }))[0])!;
    for (const service of services) {
      const [answer] = await ask(client, { fileContainingSymbol: service });
      const received = answer!.fileDescriptorResponse!.fileDescriptorProto;
      for (const bytes of received) expect(compiled.includes(bytes)).toBe(true);
      const file = filesOf(answer).toReversed();
      const registry = createFileRegistry(create(FileDescriptorSetSchema, { file }));
      expect(registry.getService(service)?.methods.length, service).toBeGreaterThan(0);
    }
  });

  it("keeps comments, and the names by which maps are known as maps", async () => {
    const client = await startService();
    const name = "palate.recipe.v1.CreateSolutionRequest";
    const [file] = filesOf((await ask(client, { fileContainingSymbol: name }))[0]);
    const message = file!.messageType.find((each) => each.name === "CreateSolutionRequest")!;
    expect(message.nestedType.filter((each) => each.options?.mapEntry).map((each) => each.name)).toContain(
      "HyperparametersEntry",
    );
    const comments = file!.sourceCodeInfo!.location.filter((location) => location.leadingComments !== "");
    expect(comments.length).toBeGreaterThan(10);
  });

  it("finds whatever has a name", async () => {
    const client = await startService();
    const symbols = {
      "palate.recipe.v1.RecipeService.CreateSolution": "palate/recipe/v1/recipe_service.proto",
      "palate.recipe.v1.CreateSolutionRequest": "palate/recipe/v1/recipe_service.proto",
      "palate.recipe.v1.CreateSolutionRequest.hyperparameters": "palate/recipe/v1/recipe_service.proto",
      "palate.recipe.v1.CreateSolutionRequest.HyperparametersEntry": "palate/recipe/v1/recipe_service.proto",
      "palate.recipe.v1.ResourceStatus": "palate/recipe/v1/resources.proto",
      "palate.recipe.v1.RESOURCE_STATUS_ACTIVE": "palate/recipe/v1/resources.proto",
      "grpc.health.v1.HealthCheckResponse.SERVING": "grpc/health/v1/health.proto",
      "grpc.reflection.v1.ServerReflectionRequest.message_request": "grpc/reflection/v1/reflection.proto",
    };
    for (const [symbol, file] of Object.entries(symbols)) {
      const [answer] = await ask(client, { fileContainingSymbol: symbol });
      expect(namesOf(filesOf(answer))[0], symbol).toBe(file);
    }
  });

  it("sends no import twice over one stream, but always the file asked for", async () => {
    const client = await startService();
    const recipe = { fileByFilename: "palate/recipe/v1/recipe_service.proto" };
    const resources = { fileByFilename: "palate/recipe/v1/resources.proto" };
    const [first, second, again] = await ask(client, recipe, resources, recipe);
    expect(namesOf(filesOf(first))).toContain("palate/recipe/v1/tuning.proto");
    expect(namesOf(filesOf(second))).toEqual([resources.fileByFilename]);
    expect(namesOf(filesOf(again))).toEqual([recipe.fileByFilename]);
    expect(namesOf(filesOf((await ask(client, resources))[0])).length).toBeGreaterThan(1);
  });

  it("says what it does not know, and goes on", async () => {
    const client = await startService();
    const answers = await ask(
      client,
      { fileContainingSymbol: "palate.Nothing" },
      { fileByFilename: "x".repeat(10_000) },
      { fileContainingExtension: { containingType: SERVICE, extensionNumber: 5 } },
      { allExtensionNumbersOfType: "palate.Nothing" },
      { listServices: "" },
    );
    expect(answers.slice(0, 4).map(({ errorResponse }) => errorResponse)).toEqual([
      { errorCode: status.NOT_FOUND, errorMessage: 'There is no symbol "palate.Nothing".' },
      { errorCode: status.NOT_FOUND, errorMessage: `There is no file "${"x".repeat(100)}…".` },
      { errorCode: status.NOT_FOUND, errorMessage: `There is no extension of "${SERVICE}" with number 5.` },
      { errorCode: status.NOT_FOUND, errorMessage: 'There is no message "palate.Nothing".' },
    ]);
    expect(servicesOf(answers[4])).toContain(SERVICE);
    await expect(ask(client, {})).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it("answers older clients by v1alpha", async () => {
    const port = Number((await startService()).getChannel().getTarget().split(":").at(-1));
    const path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
    const method = { ...ServerReflectionService.serverReflectionInfo, path };
    const Alpha = makeClientConstructor({ serverReflectionInfo: method }, "ServerReflection");
    const client = connect(port, Alpha as unknown as typeof ServerReflectionClient);
    const [list, described] = await ask(client, { listServices: "" }, { fileContainingSymbol: SERVICE });
    expect(servicesOf(list)).toContain(SERVICE);
    expect(namesOf(filesOf(described))[0]).toBe("palate/recipe/v1/recipe_service.proto");
  });

  it("finds the fields by which other files extend a message", async () => {
    const server = new Server();
    addReflection(server, { services: [], descriptors: () => new DescriptorIndex(extendedMessage()) });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    closers.push(() => server.forceShutdown());
    const client = connect(port);
    const [numbers, none, seven] = await ask(
      client,
      { allExtensionNumbersOfType: "shop.Order" },
      { allExtensionNumbersOfType: "shop.Line" },
      { fileContainingExtension: { containingType: "shop.Order", extensionNumber: 107 } },
    );
    expect(numbers?.allExtensionNumbersResponse).toEqual({ baseTypeName: "shop.Order", extensionNumber: [107, 121] });
    expect(none?.allExtensionNumbersResponse).toEqual({ baseTypeName: "shop.Line", extensionNumber: [] });
    expect(namesOf(filesOf(seven))).toEqual(["gift.proto", "order.proto"]);
    const [named] = await ask(client, { fileContainingSymbol: "gift.Card.paper" });
    expect(namesOf(filesOf(named))[0]).toBe("gift.proto");
  });
});

/** `shop.Order`, extended by another file at its top level (121) and inside of a message (107). */
function extendedMessage(): Uint8Array {
  const extension = (name: string, number: number) => ({
    name,
    number,
    extendee: ".shop.Order",
    label: Label.OPTIONAL,
    type: Type.STRING,
  });
  const set = create(FileDescriptorSetSchema, {
    file: [
      {
        name: "order.proto",
        package: "shop",
        messageType: [{ name: "Order", extensionRange: [{ start: 100, end: 200 }] }, { name: "Line" }],
      },
      {
        name: "gift.proto",
        package: "gift",
        dependency: ["order.proto"],
        extension: [extension("ribbon", 121)],
        messageType: [{ name: "Card", extension: [extension("paper", 107)] }],
      },
    ],
  });
  return toBinary(FileDescriptorSetSchema, set);
}
