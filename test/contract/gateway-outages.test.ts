import { createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { freePort } from "@palate/mongo";
import { pino } from "pino";
import { ask, gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

/** Services that are away, come, move or fail: each costs only its own fields, and none has to be announced. */
describe("gateway with services that come and go", () => {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  const recipes = async (name: string, recipe: string, listen?: string) => {
    const service = await new MemoryRecipeService(name, recipe).start(listen);
    opened.push(() => service.stop());
    return service;
  };
  const gatewayOver = async (services: readonly string[], options: Record<string, string> = {}) => {
    const gateway = await gatewayWith({
      PALATE_DATASETS_ADDRESS: "127.0.0.1:1",
      PALATE_RECIPE_SERVICES: services.join(","),
      ...options,
    });
    opened.push(() => gateway.close());
    return gateway;
  };
  const recommendations = (campaign: string) =>
    `recommendations(datasetGroup: "shop", campaign: "${campaign}", first: 1) { nodes { itemId } }`;

  it("answers everything else while one service is down, and names the one that is", async () => {
    const sims = await recipes("sims", "aws-sims");
    const popular = await recipes("popularity", "aws-popularity-count");
    sims.addCampaign("shop", "similar");
    popular.addCampaign("shop", "popular");
    const gateway = await gatewayOver([sims.address, popular.address]);
    const page = `{ similar: ${recommendations("similar")} popular: ${recommendations("popular")}
      campaigns(datasetGroup: "shop") { totalCount nodes { name } } datasetGroups { totalCount } }`;

    await ask(gateway, page);
    await popular.stop();
    const { status, data, errors } = await ask(gateway, page);
    expect(status).toBe(200);
    expect(data.similar.nodes).toEqual([{ itemId: "item-1" }]);
    expect(data.popular).toBeNull();
    expect(data.datasetGroups).toBeNull();
    expect(data.campaigns).toEqual({ totalCount: null, nodes: [{ name: "similar" }] });
    const byPath = Object.fromEntries(errors.map((error) => [error.path?.join("."), error]));
    for (const [path, service] of [
      ["popular", "popularity"],
      ["campaigns", "popularity"],
      ["datasetGroups", "datasets"],
    ] as const) {
      expect(byPath[path]).toMatchObject({
        message: `The service "${service}" does not answer; try again later.`,
        extensions: { code: "UNAVAILABLE", retryable: true, service },
      });
    }
    expect(errors).toHaveLength(3);
  });

  it("fails a list only when no service answers", async () => {
    const gateway = await gatewayOver(["127.0.0.1:1", "127.0.0.1:2"]);
    const { data, errors } = await ask(gateway, "{ recipes { totalCount } }");
    expect(data).toEqual({ recipes: null });
    expect(errors.map((error) => String(error.extensions.service)).sort()).toEqual(["127.0.0.1:1", "127.0.0.1:2"]);
  });

  it("finds a service that starts after it, and one that comes back, by itself", async () => {
    const address = `127.0.0.1:${await freePort("127.0.0.1")}`;
    const gateway = await gatewayOver([address]);
    const away = await ask(gateway, `{ ${recommendations("similar")} }`);
    expect(away.errors[0]?.extensions).toMatchObject({ code: "UNAVAILABLE", service: address });

    for (const _start of ["late", "again"]) {
      const service = await recipes("sims", "aws-sims", address);
      service.addCampaign("shop", "similar");
      let answer = away;
      for (let attempt = 0; attempt < 100 && answer.errors.length > 0; attempt++) {
        await sleep(100);
        answer = await ask(gateway, `{ ${recommendations("similar")} }`);
      }
      expect(answer.data.recommendations.nodes).toEqual([{ itemId: "item-1" }]);
      await service.stop();
      answer = await ask(gateway, `{ ${recommendations("similar")} }`);
      expect(answer.errors[0]?.extensions.code).toBe("UNAVAILABLE");
    }
  });

  it("sees campaigns that others create, move and delete", async () => {
    const sims = await recipes("sims", "aws-sims");
    const popular = await recipes("popularity", "aws-popularity-count");
    const gateway = await gatewayOver([sims.address, popular.address]);
    const who = async () => {
      const { data, errors } = await ask(
        gateway,
        '{ recommendations(datasetGroup: "shop", campaign: "front") { recommendationId } }',
      );
      return data.recommendations?.recommendationId ?? errors[0]?.extensions.code;
    };
    expect(await who()).toBe("NOT_FOUND");
    sims.addCampaign("shop", "front");
    expect(await who()).toBe("rec-sims");
    sims.removeCampaign("shop", "front");
    popular.addCampaign("shop", "front");
    expect(await who()).toBe("rec-popularity");
    popular.removeCampaign("shop", "front");
    expect(await who()).toBe("NOT_FOUND");
  });

  it("does not ask the services again for every wrong name", async () => {
    const sims = await recipes("sims", "aws-sims");
    const gateway = await gatewayOver([sims.address]);
    await ask(gateway, `{ ${recommendations("nope")} }`);
    const before = sims.calls.get("listCampaigns") ?? 0;
    const started = performance.now();
    await Promise.all(Array.from({ length: 300 }, () => ask(gateway, `{ ${recommendations("nope")} }`)));
    // It looks at most ten times a second, however long the machine takes.
    const looks = 2 + (performance.now() - started) / 100;
    expect((sims.calls.get("listCampaigns") ?? 0) - before).toBeLessThan(Math.min(looks, 300));
  });

  it("finds campaigns while a service hangs", async () => {
    const sockets: Socket[] = [];
    const hanging = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
    opened.push(async () => {
      for (const socket of sockets) socket.destroy();
      hanging.close();
    });
    const sims = await recipes("sims", "aws-sims");
    const gateway = await gatewayOver([`127.0.0.1:${(hanging.address() as AddressInfo).port}`, sims.address]);
    sims.addCampaign("shop", "similar");
    const { data, errors } = await ask(gateway, `{ ${recommendations("similar")} }`);
    expect(errors).toEqual([]);
    expect(data.recommendations.nodes).toEqual([{ itemId: "item-1" }]);
  });

  it("gives up on a recommendation after its deadline and says so", async () => {
    const sims = await recipes("sims", "aws-sims");
    sims.addCampaign("shop", "similar");
    sims.delayMs = 60_000;
    const gateway = await gatewayOver([sims.address], { PALATE_RECOMMENDATION_DEADLINE_MS: "100" });
    const { errors } = await ask(gateway, `{ ${recommendations("similar")} }`);
    expect(errors[0]).toMatchObject({
      message: 'The service "sims" did not answer within 100 ms; try again.',
      extensions: { code: "DEADLINE_EXCEEDED", retryable: true, service: "sims" },
    });
  });

  it("cancels the call when the client goes away", async () => {
    const sims = await recipes("sims", "aws-sims");
    sims.addCampaign("shop", "similar");
    sims.delayMs = 30_000;
    const gateway = await gatewayOver([sims.address], { PALATE_RECOMMENDATION_DEADLINE_MS: "60000" });
    const leaving = new AbortController();
    const request = fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: `{ ${recommendations("similar")} }` }),
      signal: leaving.signal,
    }).catch(() => "gone");
    while (sims.asked.length === 0) await sleep(10);
    leaving.abort();
    expect(await request).toBe("gone");
    for (let attempt = 0; attempt < 100 && sims.cancelled === 0; attempt++) await sleep(20);
    expect(sims.cancelled).toBe(1);
  });

  it("masks what nobody meant to say, and logs it under an id that the client is told", async () => {
    const datasets = await new MemoryDatasets().start();
    opened.push(() => datasets.stop());
    const sims = await recipes("sims", "aws-sims");
    sims.addCampaign("shop", "similar");
    const lines: string[] = [];
    const logger = pino({ level: "error" }, { write: (line: string) => void lines.push(line) });
    const gateway = await gatewayWith(
      { PALATE_DATASETS_ADDRESS: datasets.address, PALATE_RECIPE_SERVICES: sims.address },
      logger,
    );
    opened.push(() => gateway.close());
    const { errors } = await ask(
      gateway,
      '{ recommendations(datasetGroup: "shop", campaign: "similar", userId: "explode") { versionId } }',
    );
    expect(errors[0]?.message).not.toContain("secret");
    expect(errors[0]?.extensions).toMatchObject({ code: "INTERNAL_SERVER_ERROR", retryable: false, service: "sims" });
    expect(JSON.stringify(errors)).not.toMatch(/\.js:\d|stacktrace/);
    expect(lines.some((line) => line.includes(errors[0]?.extensions.errorId ?? "no id"))).toBe(true);
  });

  it("says what it reaches at /readyz, and is ready with any subset of recipe services", async () => {
    const sims = await recipes("sims", "aws-sims");
    const datasets = await new MemoryDatasets().start();
    opened.push(() => datasets.stop());
    const gateway = await gatewayOver([sims.address, "127.0.0.1:1"], { PALATE_DATASETS_ADDRESS: datasets.address });
    await ask(gateway, "{ recipes { totalCount } }");
    let readiness: { ready: boolean; services: { name: string; answers: boolean }[] } = { ready: false, services: [] };
    for (let attempt = 0; attempt < 500 && !readiness.ready; attempt++) {
      await sleep(20);
      const response = await fetch(`${gateway.url}/readyz`);
      readiness = (await response.json()) as typeof readiness;
    }
    expect(readiness.services).toMatchObject([
      { name: "datasets", answers: true },
      { name: "sims", answers: true },
      { name: "127.0.0.1:1", answers: false },
    ]);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});
