import { SERVICES } from "@palate/host/services";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);
const script = (name: string) => path.join(REPOSITORY, "scripts", name);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "palate-supply-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Bill {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly purl: string;
    readonly name: string;
    readonly hashes?: readonly { readonly content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

describe("npm run sbom", () => {
  const bills = new Map<string, Bill>();
  const urlsOf = (name: string) => bills.get(name)!.components.map(({ purl }) => purl);
  const namesOf = (name: string) => bills.get(name)!.components.map((component) => component.name);

  beforeAll(async () => {
    await run(process.execPath, [script("sbom.mjs"), "--output", folder]);
    for (const name of ["palate", ...SERVICES.map((service) => service.name)])
      bills.set(name, JSON.parse(await readFile(path.join(folder, `${name}.cdx.json`), "utf8")) as Bill);
  });

  it("lists what npm has installed for the product, and nothing of what tests need", async () => {
    type Installed = { version: string; dev?: true; link?: true; integrity?: string };
    const text = await readFile(path.join(REPOSITORY, "node_modules/.package-lock.json"), "utf8");
    const { packages } = JSON.parse(text) as { packages: Record<string, Installed> };
    const installed = Object.entries(packages)
      .filter(([place, { dev, link }]) => !dev && !link && place.startsWith("node_modules/"))
      .map(([place, { version }]) => [place.slice(place.lastIndexOf("node_modules/") + 13), version] as const);
    expect(installed.length).toBeGreaterThan(200);
    const listed = new Set(urlsOf("palate"));
    expect(
      installed.filter(([name, version]) => !listed.has(`pkg:npm/${name.replace("@", "%40")}@${version}`)),
    ).toEqual([]);
    expect(namesOf("palate")).not.toContain("vitest");
    const mongodb = bills.get("palate")!.components.find(({ name }) => name === "mongodb")!;
    const digest = packages["node_modules/mongodb"]!.integrity!.slice("sha512-".length);
    expect(mongodb.hashes![0]!.content).toBe(Buffer.from(digest, "base64").toString("hex"));
  });

  it("lists the Go modules of the embedded engine", () => {
    expect(urlsOf("palate")).toContain("pkg:golang/github.com/FerretDB/FerretDB@v1.24.2");
  });

  it("lists for a service what that needs, and nothing of the others", () => {
    expect(namesOf("popularity")).toEqual(expect.arrayContaining(["@palate/popularity", "@palate/host", "mongodb"]));
    for (const other of ["@palate/sims", "@tensorflow/tfjs", "@apollo/server", "@duckdb/node-api"])
      expect(namesOf("popularity")).not.toContain(other);
    expect(namesOf("gateway")).toContain("@apollo/server");
    expect(namesOf("gateway")).not.toContain("mongodb");
    expect(namesOf("user-personalization")).toContain("@tensorflow/tfjs-core");
  });

  it("names in its dependencies only what it lists", () => {
    for (const [name, { bomFormat, dependencies }] of bills) {
      expect(bomFormat).toBe("CycloneDX");
      const listed = new Set(urlsOf(name));
      expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((url) => !listed.has(url))).toEqual([]);
    }
  });
});

describe("the check of known vulnerabilities", () => {
  /** Runs it against a registry of its own; resolves to its exit code and what it printed. */
  async function audit(answer: RequestListener): Promise<{ readonly code: number; readonly said: string }> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const registry = `http://127.0.0.1:${port}/`;
    const env = {
      ...process.env,
      npm_config_registry: registry,
      npm_config_cache: path.join(folder, `npm-${port}`),
      npm_config_fetch_retries: "0",
    };
    try {
      return await run(process.execPath, [script("audit.mjs")], { env }).then(
        ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
        ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
          code,
          said: stdout + stderr,
        }),
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  /** Knows one vulnerability of graphql, which the gateway needs. */
  const knowing =
    (severity: string): RequestListener =>
    (request, response) => {
      const found = {
        id: 1,
        url: "https://github.com/advisories/GHSA-0000-0000-0000",
        title: "Something bad",
        severity,
      };
      const graphql = [{ ...found, vulnerable_versions: "<999", cwe: [], cvss: { score: 8, vectorString: null } }];
      response.writeHead(request.method === "POST" ? 200 : 404, { "content-type": "application/json" });
      response.end(JSON.stringify(request.method === "POST" ? { graphql } : { error: "not found" }));
    };

  it("is skipped, with the reason, where the registry has no such endpoint", async () => {
    const { code, said } = await audit((_, response) => response.writeHead(405).end());
    expect(said).toContain("skipped, endpoint not there: 405");
    expect(code).toBe(3);
  });

  it("fails for a grave one in the product, and names it", async () => {
    const { code, said } = await audit(knowing("high"));
    expect(said).toMatch(/high, in the product: graphql <999: Something bad, .*GHSA-0000-0000-0000/);
    expect(code).toBe(1);
  });

  it("lets a slight one pass", async () => {
    const { code, said } = await audit(knowing("low"));
    expect(said).toMatch(/known vulnerabilities .*"low":\d+/);
    expect(code).toBe(0);
  });
});
