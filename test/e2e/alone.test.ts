import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { GraphqlClient, Supervisor } from "@palate/local";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
let supervisor: Supervisor | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-alone-"));
});
afterEach(async () => {
  await supervisor?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function startAlone(service: string): Promise<string> {
  supervisor = await Supervisor.start({ dataFolder: folder, services: [service], ports: "free" });
  return supervisor.address(service);
}

/** What a server says to gRPC reflection's "list services", as text: the names lie in it as they are. */
function listServices(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client(address, credentials.createInsecure());
    const plain = (bytes: Buffer) => bytes;
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const call = client.makeBidiStreamRequest(path, plain, plain, { deadline: Date.now() + 10_000 });
    const end = () => {
      call.cancel();
      client.close();
    };
    call.on("data", (answer: Buffer) => {
      resolve(answer.toString("latin1"));
      end();
    });
    call.on("error", reject);
    call.write(Buffer.from([0x3a, 0x00])); // field 7, list_services, an empty string
  });
}

describe("a service started alone", () => {
  const SERVICES = {
    datasets: ["palate.dataset.v1.DatasetService"],
    popularity: ["palate.recipe.v1.RecipeService", "palate.recipe.v1.RecommendationService"],
    sims: ["palate.recipe.v1.RecipeService", "palate.recipe.v1.RecommendationService"],
    trending: ["palate.recipe.v1.RecipeService", "palate.recipe.v1.RecommendationService"],
    "user-personalization": ["palate.recipe.v1.RecipeService", "palate.recipe.v1.RecommendationService"],
  };
  for (const [service, names] of Object.entries(SERVICES)) {
    // The supervisor resolves once health says SERVING.
    it(`${service} becomes healthy and names its gRPC services`, async () => {
      const answer = await listServices(await startAlone(service));
      for (const name of names) expect(answer).toContain(name);
    });
  }

  it("the gateway answers, and what a missing service has is null with an error", async () => {
    const address = await startAlone("gateway");
    const alive = await new GraphqlClient(`http://${address}`).run<{ __typename: string }>("{ __typename }");
    expect(alive.__typename).toBe("Query");
    const response = await fetch(`http://${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename datasetGroups { nodes { name } } }" }),
    });
    const answer = (await response.json()) as { data: unknown; errors: { extensions: { code: string } }[] };
    expect(answer.data).toEqual({ __typename: "Query", datasetGroups: null });
    expect(answer.errors[0]?.extensions.code).toBe("UNAVAILABLE");
  });
});
