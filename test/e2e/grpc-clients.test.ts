import path from "node:path";
import { fileURLToPath } from "node:url";
import { SERVICES } from "@palate/host/services";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientFolder } from "../support/client-folder.js";
import { startPalate, type TestPalate } from "../support/palate.js";
import { readmeExamples } from "../support/readme.js";

/** What grpc-clients/reflect says of a server. */
interface Description {
  readonly error?: string;
  readonly health: string;
  readonly services: Readonly<Record<string, readonly string[]>>;
  readonly messages: readonly string[];
  readonly uncommented: readonly string[];
}

const MODULE = fileURLToPath(new URL("grpc-clients", import.meta.url));
const ALWAYS = [
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
];
/** What serves gRPC: its services, one of its messages with a line that a description has, and a call that needs no data. */
const served = SERVICES.filter(({ role }) => role !== "gateway").map(({ name, role }) =>
  role === "datasets"
    ? {
        name,
        services: [
          ...ALWAYS,
          ...["ApiKeyService", "AuditService", "DatasetService"].map((each) => `palate.dataset.v1.${each}`),
        ],
        message: "palate.dataset.v1.CreateDatasetGroupRequest",
        line: "string name = 1;",
        method: "palate.dataset.v1.DatasetService/ListDatasetGroups",
      }
    : {
        name,
        services: [...ALWAYS, "palate.recipe.v1.RecipeService", "palate.recipe.v1.RecommendationService"],
        message: "palate.recipe.v1.CreateSolutionRequest",
        line: "map<string, string> hyperparameters = 4;",
        method: "palate.recipe.v1.RecipeService/ListRecipes",
      },
);

let palate: TestPalate;
beforeAll(async () => {
  palate = await startPalate(served.map(({ name }) => name));
}, 200_000);
afterAll(() => palate?.stop());

/** The README's line that installs grpcurl. */
function installGrpcurl(): string {
  const lines = readmeExamples().flatMap(({ code }) => code.split("\n"));
  return lines.find((line) => line.startsWith("go install") && line.includes("/grpcurl@"))!;
}

describe("a client in Go", () => {
  it("lists, describes and calls every service with grpcurl", async ({ skip }) => {
    const folder = await ClientFolder.open("every-service", "go", skip);
    await folder.shell(installGrpcurl(), skip);
    for (const { name, services, message, line, method } of served) {
      const grpcurl = (...args: string[]) =>
        folder.run("grpcurl", ["-plaintext", palate.supervisor.address(name), ...args]);
      expect((await grpcurl("list")).trim().split("\n"), name).toEqual(services);
      const described = await grpcurl("describe");
      for (const service of services) expect(described, name).toContain(`${service} is a service:`);
      expect(await grpcurl("describe", message), name).toContain(line);
      expect(JSON.parse(await grpcurl("grpc.health.v1.Health/Check")), name).toEqual({ status: "SERVING" });
      expect(JSON.parse(await grpcurl(method)), name).toBeTypeOf("object");
    }
  }, 900_000);

  it("understands every message of every service, and finds comments on all of ours", async ({ skip }) => {
    const folder = await ClientFolder.open("every-service", "go", skip);
    const addresses = served.map(({ name }) => palate.supervisor.address(name));
    const program = path.join(folder.path, "bin", "reflect");
    await folder.shell(`cd "${MODULE}" && go build -o "${program}" ./reflect`, skip);
    const descriptions = JSON.parse(await folder.run(program, addresses)) as Record<string, Description>;
    for (const { name, services } of served) {
      const description = descriptions[palate.supervisor.address(name)]!;
      expect(description.error, name).toBeUndefined();
      expect(description.health, name).toBe("SERVING");
      expect(Object.keys(description.services).sort(), name).toEqual(services);
      expect(description.messages.length, name).toBeGreaterThan(60);
      expect(
        description.uncommented.filter((symbol) => symbol.startsWith("palate.")),
        name,
      ).toEqual([]);
    }
  }, 900_000);
});
