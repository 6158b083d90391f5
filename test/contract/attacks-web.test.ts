import type { RunningGateway } from "@palate/gateway";
import { connect } from "node:net";
import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const JSON_TYPE = { "content-type": "application/json" };
const HELLO = JSON.stringify({ query: "{ __typename }" });
const STREAM = JSON.stringify({
  query: 'subscription { segmentUsers(datasetGroup: "shop", campaign: "similar") { userIds } }',
});

/** Everything that is served: a method, a path, headers and a body. */
const DOORS: readonly (readonly [what: string, method: string, path: string, headers: object, body?: string])[] = [
  ["a query", "POST", "/graphql", JSON_TYPE, HELLO],
  ["a query by GET", "GET", "/graphql?query=%7B__typename%7D", { "apollo-require-preflight": "1" }],
  ["a query at the root", "POST", "/", JSON_TYPE, HELLO],
  ["a stream", "POST", "/graphql/stream", { ...JSON_TYPE, accept: "text/event-stream" }, STREAM],
  ["a stream by GET", "GET", "/graphql/stream?query=%7Bx%7D", { accept: "text/event-stream" }],
  ["an upload", "POST", "/uploads?name=a.csv", {}, "ITEM_ID\na\n"],
  ["an export", "GET", "/exports/shop/job/items.csv", {}],
  ["a batch job's output", "GET", "/batch-jobs/shop/job/output", {}],
  ["an import's page", "GET", "/reports/imports/shop/job.html", { accept: "text/html" }],
  ["a version's page", "GET", "/reports/solution-versions/shop/s/1.html", { accept: "text/html" }],
  ["the explorer", "GET", "/", { accept: "text/html" }],
  ["liveness", "GET", "/healthz", {}],
  ["readiness", "GET", "/readyz", {}],
  ["what is not there", "GET", "/nowhere", {}],
  ["another method", "DELETE", "/graphql", {}],
  ["a preflight", "OPTIONS", "/graphql", { "access-control-request-method": "POST" }],
];

describe("what a web page may ask of a gateway on its visitor's machine", () => {
  let services: { stop(): Promise<unknown> }[];
  let datasets: MemoryDatasets;
  let gateway: RunningGateway;
  let behindProxy: RunningGateway;

  beforeAll(async () => {
    datasets = await new MemoryDatasets().start();
    const sims = await new MemoryRecipeService("sims", "aws-sims").start();
    sims.addCampaign("shop", "similar");
    services = [datasets, sims];
    const addresses = { PALATE_DATASETS_ADDRESS: datasets.address, PALATE_RECIPE_SERVICES: sims.address };
    gateway = await gatewayWith(addresses);
    behindProxy = await gatewayWith({
      ...addresses,
      PALATE_ALLOWED_HOSTS: "palate.example,gateway",
      PALATE_CORS_ORIGINS: "https://shop.example, HTTPS://App.Example:8443",
    });
  });
  afterAll(async () => {
    await gateway.close();
    await behindProxy.close();
    await Promise.all(services.map((service) => service.stop()));
  });

  /** Sends exactly these headers, as no library for clients does. */
  function send(
    { port }: RunningGateway,
    [, method, path, headers, body]: (typeof DOORS)[number],
    more: Record<string, string>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port, method, path, headers: { ...headers, ...more } };
      const request = httpRequest(options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      });
      request.on("error", reject);
      request.end(body);
    });
  }
  const messageOf = ({ text }: Answer) => (JSON.parse(text) as { errors: [{ message: string }] }).errors[0].message;

  describe.each(DOORS.map((door) => ({ what: door[0], door })))("$what", ({ door }) => {
    it("is refused by a name that is not the gateway's, as after DNS rebinding", async () => {
      const host = `evil.example:${gateway.port}`;
      const stored = datasets.files.size;
      for (const more of [{ host }, { host, origin: `http://${host}` }]) {
        const answer = await send(gateway, door, more);
        expect(answer.status).toBe(421);
        expect(messageOf(answer)).toContain('"evil.example"; if it is to be, add the name to PALATE_ALLOWED_HOSTS');
      }
      expect(datasets.files.size).toBe(stored);
    });

    it("is refused to pages of other origins, with or without a preflight", async () => {
      const stored = datasets.files.size;
      for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1", "https://studio.apollographql.com"]) {
        const answer = await send(gateway, door, { origin });
        expect([origin, answer.status]).toEqual([origin, 403]);
        expect(messageOf(answer)).toContain("PALATE_CORS_ORIGINS");
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
      expect(datasets.files.size).toBe(stored);
    });

    it("is not drawn into a page of another site as a picture or a script", async () => {
      for (const site of ["cross-site", "same-site"]) {
        const answer = await send(gateway, door, { "sec-fetch-site": site, "sec-fetch-mode": "no-cors" });
        expect(answer.status).toBe(403);
      }
    });

    it("is served to programs, to its own pages, to links, and to allowed pages", async () => {
      const own = { origin: `http://127.0.0.1:${gateway.port}`, "sec-fetch-site": "same-origin" };
      const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
      for (const more of [{}, own, link]) expect([403, 421]).not.toContain((await send(gateway, door, more)).status);
      for (const origin of ["https://shop.example", "https://app.example:8443"]) {
        const answer = await send(behindProxy, door, {
          origin,
          host: "palate.example",
          "sec-fetch-site": "cross-site",
        });
        expect([403, 421]).not.toContain(answer.status);
        expect(answer.headers["access-control-allow-origin"]).toBe(origin);
      }
    });

    it("says what it is, so that no browser guesses", async () => {
      const answer = await send(gateway, door, {});
      expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    });
  });

  const QUERY = DOORS[0]!;

  it.each([
    ["LOCALHOST", 200],
    ["localhost.", 200],
    ["localhost:1", 200],
    ["127.0.0.1", 200],
    ["127.3.2.1:80", 200],
    ["[::1]:4000", 200],
    ["localhost.evil.example", 421],
    ["127.0.0.1.evil.example", 421],
    ["evil.example:localhost", 421],
    ["0.0.0.0", 421],
    ["192.168.0.1:4000", 421],
    ["[::ffff:c0a8:1]", 421],
  ])("on the loopback, Host %j is answered with %i", async (host, status) => {
    expect((await send(gateway, QUERY, { host })).status).toBe(status);
  });

  it("elsewhere, any address and any name is right until names are configured", async () => {
    const open = { PALATE_GATEWAY_LISTEN: "0.0.0.0:0", PALATE_IDENTITIES: "trust-network" };
    const everywhere = await gatewayWith(open);
    const named = await gatewayWith({ ...open, PALATE_ALLOWED_HOSTS: "Gateway" });
    try {
      for (const [at, host, status] of [
        [everywhere, "whatever.example", 200],
        [named, "gateway:4000", 200],
        [named, "10.0.0.7:4000", 200],
        [named, "[fd00::7]:4000", 200],
        [named, "localhost", 200],
        [named, "whatever.example", 421],
      ] as const)
        expect([host, (await send(at, QUERY, { host })).status]).toEqual([host, status]);
    } finally {
      await everywhere.close();
      await named.close();
    }
  });

  it.each([
    [{ PALATE_CORS_ORIGINS: "shop.example" }, /PALATE_CORS_ORIGINS.*scheme:\/\/host/],
    [{ PALATE_CORS_ORIGINS: "https://shop.example/path" }, /scheme:\/\/host/],
    [{ PALATE_CORS_ORIGINS: "null" }, /scheme:\/\/host/],
    [{ PALATE_ALLOWED_HOSTS: "http://palate.example" }, /PALATE_ALLOWED_HOSTS.*a host name without port/],
    [{ PALATE_ALLOWED_HOSTS: "palate.example:4000" }, /a host name without port/],
  ])("refuses settings that mean nothing: %j", (settings, message) => {
    expect(() => gatewayWith(settings)).toThrow(message);
  });

  it("lets no page frame what a browser shows, nor run a script that is not its own", async () => {
    const page = await send(
      gateway,
      DOORS.find(([what]) => what === "the explorer")!,
      {},
    );
    const policy = String(page.headers["content-security-policy"]);
    expect(policy).toMatch(/default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/);
    expect(policy).toMatch(/script-src 'sha256-[^']{44}';/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    const refused = await send(
      gateway,
      DOORS.find(([what]) => what === "what is not there")!,
      {},
    );
    for (const { headers } of [page, refused])
      expect(headers).toMatchObject({
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'") as string,
        "referrer-policy": "no-referrer",
        "x-frame-options": "DENY",
      });
  });

  it("tells a client that sends all before it listens that its request is too long", async () => {
    const socket = connect(gateway.port, "127.0.0.1");
    const body = Buffer.alloc(9 * 1024 * 1024, " ");
    const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(head);
    await new Promise<void>((resolve, reject) => {
      socket.on("error", reject);
      socket.write(body, () => resolve());
    });
    let answer = "";
    for await (const part of socket) answer += String(part);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("The body is longer than the limit");
  });

  it("does not wait for ever for a body that comes a byte at a time", async () => {
    const impatient = await gatewayWith({ PALATE_CONTROL_DEADLINE_MS: "300" });
    try {
      const socket = connect(impatient.port, "127.0.0.1");
      socket.write(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{",
      );
      const drip = setInterval(() => socket.write(" "), 50);
      const answer = await new Promise<string>((resolve) => socket.once("data", (part) => resolve(String(part))));
      clearInterval(drip);
      socket.destroy();
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain("did not come within 300 ms");
    } finally {
      await impatient.close();
    }
  });

  it.each([
    ["two ways to say where the body ends", "content-length: 5\r\ntransfer-encoding: chunked\r\n"],
    ["two lengths", "content-length: 5\r\ncontent-length: 6\r\n"],
    ["a negative length", "content-length: -1\r\n"],
    ["an encoding that there is not", "transfer-encoding: chunked, odd\r\n"],
    ["20 KB of headers", `x: ${"x".repeat(20_000)}\r\n`],
    ["no host", ""],
  ])("refuses what no client sends: %s", async (what, headers) => {
    const socket = connect(gateway.port, "127.0.0.1");
    const host = what === "no host" ? "" : "host: localhost\r\n";
    socket.write(`POST /graphql HTTP/1.1\r\n${host}content-type: application/json\r\n${headers}\r\nhello`);
    let answer = "";
    for await (const part of socket) answer += String(part);
    expect(answer).toMatch(/^HTTP\/1\.1 (400|431) /);
  });

  it("knows no WebSockets", async () => {
    const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    expect((await send(gateway, ["", "GET", "/graphql", upgrade], {})).status).toBe(400);
  });

  it.each(["/exports/%2e%2e/%2e%2e/x", "/reports/imports/..%2f..%2f/x.html", "/../../package.json", "/%00"])(
    "has no files but its own: %s",
    async (path) => {
      const answer = await send(gateway, ["", "GET", path, {}], {});
      expect([404, 501]).toContain(answer.status);
      expect(answer.headers["content-type"]).toContain("application/json");
    },
  );
});
