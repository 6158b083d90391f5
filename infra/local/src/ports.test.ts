import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { freePort, isFree } from "@palate/mongo";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { choosePorts } from "./ports.js";

const HOST = "127.0.0.1";
let busy: Server;
let busyPort: number;

beforeEach(async () => {
  busy = createServer().listen(0, HOST);
  await once(busy, "listening");
  busyPort = (busy.address() as AddressInfo).port;
});
afterEach(() => busy.close());

describe("choosing ports", () => {
  it("takes the wanted port where it is free and another where it is not", async () => {
    const free = await freePort(HOST);
    const chosen = await choosePorts(HOST, [
      { name: "gateway", port: busyPort },
      { name: "datasets", port: free },
    ]);
    expect(chosen[0]).toMatchObject({ name: "gateway", wanted: busyPort });
    expect(chosen[0]!.port).not.toBe(busyPort);
    expect(await isFree(HOST, chosen[0]!.port)).toBe(true);
    expect(chosen[1]).toEqual({ name: "datasets", wanted: free, port: free });
  });

  it("never gives two services the same port", async () => {
    const wanted = Array.from({ length: 20 }, (_, i) => ({ name: `service-${i}`, port: 0 }));
    const ports = (await choosePorts(HOST, wanted)).map(({ port }) => port);
    expect(new Set(ports).size).toBe(20);
  });
});
