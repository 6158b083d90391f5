import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startGrpcServer } from "@palate/host";
import { SERVICES } from "@palate/host/services";
import { describe, expect, it } from "vitest";

const DOCKER = fileURLToPath(new URL("../../infra/docker", import.meta.url));
const run = promisify(execFile);

describe("npm run images", () => {
  const images = (...args: string[]) => run(process.execPath, [path.join(DOCKER, "images.mjs"), ...args]);

  it("builds each service of the list with its folder and port, by a stage that the Dockerfile has", async () => {
    const { stdout } = await images("--dry-run", "--tag", "1.2");
    const stages = (await readFile(path.join(DOCKER, "Dockerfile"), "utf8")).matchAll(/^FROM \S+ AS (\S+)$/gm);
    const roles = [...stages].map(([, stage]) => stage);
    const commands = stdout.trim().split("\n");
    expect(commands).toHaveLength(SERVICES.length);
    for (const [index, { name, role, folder, port }] of SERVICES.entries()) {
      expect(roles).toContain(role);
      expect(commands[index]).toContain(`--target ${role} --build-arg WORKSPACE=${folder} --build-arg PORT=${port} `);
      expect(commands[index]).toMatch(new RegExp(`-t palate/${name}:1.2 \\.$`));
    }
  });

  it("refuses a service that is not there", async () => {
    await expect(images("--dry-run", "no-such-service")).rejects.toThrow(
      /no such service: no-such-service; known: datasets/,
    );
  });
});

describe("the health check of an image", () => {
  /** The code with which it ends. */
  async function check(env: NodeJS.ProcessEnv): Promise<number> {
    const clean = { ...process.env, PALATE_LISTEN: "", PALATE_GATEWAY_LISTEN: "", ...env };
    return run(process.execPath, [path.join(DOCKER, "health.mjs")], { env: clean }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  }

  it("says of a gRPC service whether it can be used", async () => {
    const server = await startGrpcServer("127.0.0.1:0", []);
    const env = { PALATE_LISTEN: `0.0.0.0:${server.port}` };
    try {
      expect(await check(env)).toBe(1);
      server.setServing(true);
      expect(await check(env)).toBe(0);
    } finally {
      await server.close(0);
    }
    expect(await check(env)).toBe(1);
  });

  it("says of the gateway whether it answers", async () => {
    let status = 503;
    const server: Server = createServer((request, response) => {
      response.writeHead(request.url === "/livez" ? status : 404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const env = { PALATE_GATEWAY_LISTEN: `0.0.0.0:${(server.address() as AddressInfo).port}` };
    try {
      expect(await check(env)).toBe(1);
      status = 200;
      expect(await check(env)).toBe(0);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
