import type { Client } from "@grpc/grpc-js";
import {
  CreateSolutionRequest,
  CreateSolutionVersionRequest,
  RecipeServiceClient,
  RecipeServiceService,
} from "@palate/proto/recipe";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "../logger.js";
import { createClient, unaryCall } from "./grpc-client.js";
import { handlersFor } from "./grpc-handlers.js";
import { startGrpcServer, type RunningGrpcServer } from "./grpc-server.js";

const { unary } = handlersFor(createLogger("test", "silent"));

/** What is open, to be closed after a test. */
let server: RunningGrpcServer | undefined;
let hop: Hop | undefined;
let client: Client | undefined;
afterEach(async () => {
  client?.close();
  await hop?.close();
  await server?.close(100);
});

/** A network between client and server. */
class Hop {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #silent = new Set<Socket>();
  /** Connections so far. */
  connections = 0;
  /** Answers that are still to be lost, with the connection that they come by. */
  losing = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      this.connections++;
      const far = connect(port, "127.0.0.1");
      this.#pairs.add([near, far]);
      near.on("data", (bytes) => this.#silent.has(near) || far.write(bytes));
      far.on("data", (bytes) => {
        if (this.#silent.has(near)) return;

        if (this.losing > 0 && holdsAnswer(bytes)) {
          this.losing--;
          near.destroy();
          far.destroy();
        } else near.write(bytes);
      });
      for (const socket of [near, far]) socket.on("error", () => {});
      near.on("close", () => far.destroy());
      far.on("close", () => this.#silent.has(near) || near.destroy());
    });
  }

  static async to(port: number): Promise<Hop> {
    const made = new Hop(port);
    made.#server.listen(0, "127.0.0.1");
    await once(made.#server, "listening");
    return made;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on nothing more is heard over the connections there are, as when a machine is gone. */
  fallSilent(): void {
    for (const [near] of this.#pairs) this.#silent.add(near);
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    this.#server.close();
  }
}

/** Whether bytes from an HTTP/2 server hold a HEADERS frame, with which every answer begins. */
function holdsAnswer(bytes: Buffer): boolean {
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) if (bytes[at + 3] === 1) return true;
  return false;
}

/** A client behind a hop, of a server that counts calls. */
async function start(
  keepaliveMs?: number,
): Promise<{ client: RecipeServiceClient; hop: Hop; calls: Map<string, number> }> {
  const calls = new Map<string, number>();
  const counted = (name: string) =>
    unary(name, () => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return {};
    });
  const implementation = {
    getSolution: counted("GetSolution"),
    createSolution: counted("CreateSolution"),
    deleteSolution: counted("DeleteSolution"),
    createSolutionVersion: counted("CreateSolutionVersion"),
  };
  const service = { name: "palate.recipe.v1.RecipeService", definition: RecipeServiceService, implementation };
  server = await startGrpcServer("127.0.0.1:0", [service]);
  hop = await Hop.to(server.port);
  const made = createClient(RecipeServiceClient, hop.address, keepaliveMs === undefined ? {} : { keepaliveMs });
  client = made;
  return { client: made, hop, calls };
}

const GET = { datasetGroup: "g", name: "x" };

describe("a call whose answer is lost", () => {
  it("is sent again when it changes nothing", async () => {
    const { client, hop, calls } = await start();
    hop.losing = 2;
    await unaryCall(client, client.getSolution, GET);
    expect(calls.get("GetSolution")).toBe(3);
  });

  it("is sent again when carrying it out twice is the same as once", async () => {
    const { client, hop, calls } = await start();
    hop.losing = 1;
    const request = { datasetGroup: "g", solution: "x", seed: 1, requestId: "r", trainingMode: 0 };
    await unaryCall(client, client.createSolutionVersion, CreateSolutionVersionRequest.fromPartial(request));
    expect(calls.get("CreateSolutionVersion")).toBe(2);
  });

  it("is carried out once otherwise, and the caller hears of it", async () => {
    const { client, hop, calls } = await start();
    hop.losing = 1;
    await expect(unaryCall(client, client.deleteSolution, GET)).rejects.toMatchObject({ code: "unavailable" });
    hop.losing = 1;
    const create = unaryCall(client, client.createSolution, CreateSolutionRequest.fromPartial(GET));
    await expect(create).rejects.toMatchObject({ code: "unavailable" });
    expect(calls).toEqual(
      new Map([
        ["DeleteSolution", 1],
        ["CreateSolution", 1],
      ]),
    );
  });
});

describe("a connection that dies without a word", () => {
  it("is given up, and calls go over a new one", async () => {
    const { client, hop } = await start(300);
    const call = () => unaryCall(client, client.getSolution, GET, { deadlineMs: 1_000 });
    await call();
    hop.fallSilent();
    await vi.waitFor(call, { timeout: 15_000, interval: 50 });
    expect(hop.connections).toBe(2);
  });
});
