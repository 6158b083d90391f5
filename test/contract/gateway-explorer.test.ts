import type { RunningGateway } from "@palate/gateway";
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayWith } from "./gateway-client.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

const JSON_TYPE = { "content-type": "application/json" };
const HELLO = JSON.stringify({ query: "{ __typename }" });

let sims: MemoryRecipeService;
let gateway: RunningGateway;

beforeAll(async () => {
  sims = await new MemoryRecipeService("sims", "aws-sims").start();
  gateway = await gatewayWith({ PALATE_RECIPE_SERVICES: sims.address });
});
afterAll(async () => {
  await gateway.close();
  await sims.stop();
});

describe("the explorer", () => {
  it("is one compressed page that browsers keep", async () => {
    const page = () => fetch(`${gateway.url}/`, { headers: { accept: "text/html,*/*" } });
    const first = await page();
    expect(first.headers.get("content-type")).toContain("text/html");
    expect(first.headers.get("content-encoding")).toBe("gzip");
    const html = await first.text();
    expect(html).toContain("<title>Palate</title>");
    expect(html).toContain("online-retail");
    const again = await fetch(`${gateway.url}/`, {
      headers: { accept: "text/html", "if-none-match": first.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
  });

  it("is put together beside requests, which are answered meanwhile", async () => {
    const fresh = await gatewayWith({ PALATE_RECIPE_SERVICES: sims.address });
    try {
      let ready = false;
      const page = fetch(`${fresh.url}/`, { headers: { accept: "text/html" } }).then(async (response) => {
        ready = true;
        return response.text();
      });
      let answered = 0;
      while (!ready) {
        const hello = await fetch(`${fresh.url}/graphql`, { method: "POST", headers: JSON_TYPE, body: HELLO });
        expect(hello.status).toBe(200);
        await hello.text();
        answered++;
      }
      expect(await page).toContain("<title>Palate</title>");
      expect(answered).toBeGreaterThan(10);
    } finally {
      await fresh.close();
    }
  });

  it("comes whole to clients that cannot unpack it", async () => {
    const get = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const headers = { accept: "text/html", "accept-encoding": "identity" };
        httpRequest(`${gateway.url}/`, { headers }, (response) => {
          expect(response.headers["content-encoding"]).toBeUndefined();
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => (text += part));
          response.on("end", () => resolve(text));
        })
          .on("error", reject)
          .end();
      });
    const [first = "", ...others] = await Promise.all([get(), get(), get()]);
    expect(first.trimEnd().endsWith("</html>")).toBe(true);
    for (const other of others) expect(other === first).toBe(true);
  });

  it("can be switched off", async () => {
    const closed = await gatewayWith({ PALATE_EXPLORER: "off", PALATE_RECIPE_SERVICES: sims.address });
    try {
      const response = await fetch(`${closed.url}/`, { headers: { accept: "text/html" } });
      expect(response.headers.get("content-type")).not.toContain("text/html");
    } finally {
      await closed.close();
    }
  });
});
