import type { RunningGateway } from "@palate/gateway";
import { createLogger } from "@palate/host";
import { Agent, request as httpRequest } from "node:http";
import { ask, gatewayWith } from "../../contract/gateway-client.js";
import { MemoryDatasets } from "../../contract/gateway-datasets.js";
import { MemoryRecipeService } from "../../contract/gateway-recipes.js";
import type { DrawnRequest } from "./draw-request.js";

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Milliseconds after which a request is taken to hang. */
const DEADLINE_MS = 30_000;

/** A gateway over services in memory, all in this process, with a client on one connection. */
export class GatewayUnderTest {
  readonly #gateway: RunningGateway;
  readonly #services: readonly { stop(): Promise<void> }[];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(gateway: RunningGateway, services: readonly { stop(): Promise<void> }[]) {
    this.#gateway = gateway;
    this.#services = services;
  }

  static async start(): Promise<GatewayUnderTest> {
    const datasets = await new MemoryDatasets().start();
    const sims = await new MemoryRecipeService("sims", "aws-sims").start();
    sims.addCampaign("shop", "similar");
    sims.finish();
    const addresses = { PALATE_DATASETS_ADDRESS: datasets.address, PALATE_RECIPE_SERVICES: sims.address };
    const gateway = await gatewayWith(addresses, createLogger("gateway", "silent"));
    const started = new GatewayUnderTest(gateway, [datasets, sims]);
    const create = (text: string) => ask(gateway, `mutation { ${text} { userErrors { message } } }`);
    await create('createDatasetGroup(input: { name: "shop" })');
    await create('createSolution(input: { datasetGroup: "shop", name: "s", recipe: "aws-sims" })');
    return started;
  }

  /** Sends a request. */
  send({ method, path, headers, body }: DrawnRequest): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { port } = this.#gateway;
      const options = { host: "127.0.0.1", port, agent: this.#agent, method, path, timeout: DEADLINE_MS };
      const sent = httpRequest({ ...options, headers: { ...headers, "content-length": body.length } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const type = response.headers["content-type"] ?? "";
          resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks).toString("utf8") });
        });
      });
      sent.on("timeout", () => sent.destroy(new Error(`is not answered after ${DEADLINE_MS / 1000} s`)));
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#gateway.close();
    await Promise.all(this.#services.map((service) => service.stop()));
  }
}
