import { spawn } from "node:child_process";
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { gatewayWith } from "./gateway-client.js";
import { MemoryDatasets } from "./gateway-datasets.js";
import { MemoryRecipeService } from "./gateway-recipes.js";

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly errors: readonly { message: string; extensions: Record<string, unknown> }[];
}

const MAIN = fileURLToPath(new URL("../../gateway/dist/main.js", import.meta.url));
const HELLO = { query: "{ __typename }" };
/** Much for one query, though it is allowed: lists of 500 in so many ways. */
const EXPENSIVE = {
  query: `{ ${Array.from({ length: 9 }, (_, at) => `a${at}: recommendations(datasetGroup: "shop", campaign: "similar", first: 500) { nodes { itemId id } }`).join(" ")} }`,
};

let datasets: MemoryDatasets;
let sims: MemoryRecipeService;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  datasets = await new MemoryDatasets().start();
  sims = await new MemoryRecipeService("sims", "aws-sims").start();
  sims.addCampaign("shop", "similar");
});
afterAll(() => Promise.all([datasets.stop(), sims.stop()]));
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const addresses = () => ({ PALATE_DATASETS_ADDRESS: datasets.address, PALATE_RECIPE_SERVICES: sims.address });

async function start(options: Record<string, string> = {}): Promise<{ readonly url: string }> {
  const gateway = await gatewayWith({ ...addresses(), ...options });
  closers.push(() => gateway.close());
  return gateway;
}

/** A gateway in a process of its own, which does not wait for its clients' work. */
async function startProcess(options: Record<string, string> = {}): Promise<{ readonly url: string }> {
  const env = { ...process.env, PALATE_GATEWAY_LISTEN: "127.0.0.1:0", ...addresses(), ...options };
  const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "ignore", "pipe"] });
  closers.push(() => child.kill());
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /"url":"([^"]+)","msg":"gateway is listening"/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stderr.resume();
    return { url };
  }
  throw new Error("The gateway did not start.");
}

/** A client with connections of its own, from an address of this machine's. */
class Client {
  readonly #agent: Agent;
  readonly #url: string;

  constructor(gateway: { readonly url: string }, localAddress = "127.0.0.1") {
    this.#agent = new Agent({ keepAlive: true, localAddress });
    this.#url = gateway.url;
    closers.unshift(() => this.#agent.destroy());
  }

  post(body: unknown, path = "/graphql"): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", accept: path === "/graphql" ? "*/*" : "text/event-stream" };
      const sent = httpRequest(`${this.#url}${path}`, { method: "POST", agent: this.#agent, headers }, (response) => {
        const { statusCode: status = 0, headers: received } = response;
        if (received["content-type"]?.startsWith("text/event-stream")) {
          response.resume();
          closers.unshift(() => response.destroy());
          return resolve({ status, headers: received, errors: [] });
        }
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => {
          const { errors = [] } = JSON.parse(text) as { errors?: Answer["errors"] };
          resolve({ status, headers: received, errors });
        });
      });
      sent.on("error", reject).end(typeof body === "string" ? body : JSON.stringify(body));
    });
  }
}

describe("many requests at once", () => {
  it("are all answered when they are a burst", async () => {
    const client = new Client(await start());
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => client.post(HELLO)));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });

  it("more than may wait, are refused with the time after which to try again, on a connection that goes on", async () => {
    const client = new Client(await startProcess({ PALATE_MAX_WAITING: "5" }));
    await Promise.all(Array.from({ length: 300 }, () => client.post(HELLO)));
    const answers = await Promise.all(Array.from({ length: 300 }, () => client.post(EXPENSIVE)));
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(300);
    for (const { status, headers, errors } of refused) {
      expect(status).toBe(429);
      expect(headers).toMatchObject({ "retry-after": expect.stringMatching(/^[1-9]\d*$/), connection: "keep-alive" });
      const retryAfter = Number(headers["retry-after"]);
      expect(errors).toMatchObject([{ extensions: { code: "RESOURCE_EXHAUSTED", retryable: true, retryAfter } }]);
    }
    expect((await client.post(HELLO)).status).toBe(200);
  });

  // Other systems have one loopback address.
  it.runIf(process.platform === "linux")("of one caller do not keep another's waiting", async () => {
    const gateway = await startProcess();
    const [flood, other] = [new Client(gateway), new Client(gateway, "127.0.0.2")];
    await Promise.all([other.post(HELLO), ...Array.from({ length: 100 }, () => flood.post(HELLO))]);
    sims.asked.length = 0;
    const all = Array.from({ length: 100 }, () => flood.post(EXPENSIVE));
    const list = await other.post({
      query: '{ recommendations(datasetGroup: "shop", campaign: "similar", first: 7) { nodes { itemId } } }',
    });
    expect(list).toMatchObject({ status: 200, errors: [] });
    await Promise.all(all);
    // Of 900 calls that were there before.
    expect(sims.asked.findIndex(({ numResults }) => numResults === 7)).toBeLessThan(300);
  });

  it("are not asked of services for clients that have gone", async () => {
    const gateway = await start();
    const agent = new Agent({ keepAlive: true });
    closers.unshift(() => agent.destroy());
    const before = sims.asked.length;
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(EXPENSIVE);
    const sent = Array.from({ length: 100 }, () =>
      httpRequest(`${gateway.url}/graphql`, { method: "POST", agent, headers }).on("error", () => {}),
    );
    await Promise.all(sent.map((each) => new Promise((resolve) => each.on("socket", resolve))));
    for (const each of sent) each.end(body);
    await new Promise<void>((resolve) => sent[0]?.on("response", () => resolve()));
    for (const each of sent) each.destroy();
    expect((await new Client(gateway).post(HELLO)).status).toBe(200);
    expect(sims.asked.length - before).toBeLessThan(900);
  });
});

describe("what a caller may do in a second", () => {
  it("is bounded in requests where that is asked for", async () => {
    const client = new Client(await start({ PALATE_CALLER_REQUESTS_PER_SECOND: "3" }));
    const statuses: number[] = [];
    for (let at = 0; at < 4; at++) statuses.push((await client.post(HELLO)).status);
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.post(HELLO)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]?.headers["retry-after"]).toBe("1");
    expect(refused[0]?.errors[0]?.message).toContain("3 requests a second");
  });

  it("is bounded in what they cost, which is owed", async () => {
    const client = new Client(await start({ PALATE_CALLER_COST_PER_SECOND: "500" }));
    expect((await client.post(EXPENSIVE)).status).toBe(200);
    const { status, headers, errors } = await client.post(HELLO);
    expect(status).toBe(429);
    // Nine lists of 500 with two fields cost more than 9,000.
    expect(Number(headers["retry-after"])).toBeGreaterThan(15);
    expect(errors[0]?.extensions["retryAfter"]).toBe(Number(headers["retry-after"]));
  });
});

describe("what takes long", () => {
  it("is bounded in number, so that half of the places are left to others", async () => {
    const gateway = await start({ PALATE_MAX_STREAMS: "4" });
    const version = { datasetGroup: "shop", name: "watched", recipe: "aws-sims" };
    const client = new Client(gateway);
    const create = `mutation($i: CreateSolutionInput!) { createSolution(input: $i) { userErrors { message } } }`;
    await client.post({ query: create, variables: { i: version } });
    await client.post({
      query: `mutation { createSolutionVersion(input: { datasetGroup: "shop", solution: "watched" }) { userErrors { message } } }`,
    });
    const query = `subscription { solutionVersionProgress(datasetGroup: "shop", solution: "watched", versionId: "00000001") { status } }`;
    for (let at = 0; at < 2; at++) expect((await client.post({ query }, "/graphql/stream")).status).toBe(200);
    const third = await client.post({ query }, "/graphql/stream");
    expect(third).toMatchObject({ status: 429, headers: { "retry-after": "5" } });
    if (process.platform === "linux") {
      const other = new Client(gateway, "127.0.0.2");
      expect((await other.post({ query }, "/graphql/stream")).status).toBe(200);
    }
  });
});
