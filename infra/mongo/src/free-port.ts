import { createServer } from "node:net";

/** Below the range from which systems take ports for outgoing connections, so that a restart finds its port free. */
const FREE_PORTS = { from: 15_000, to: 32_000 } as const;

/** Whether a server could listen on this port now. */
export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A port nobody listens on, for a server that cannot choose one itself or that must come back on it.
 * @param taken ports that are not wanted although they are free; none by default
 */
export async function freePort(host: string, taken: ReadonlySet<number> = new Set()): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FREE_PORTS.from + Math.floor(Math.random() * (FREE_PORTS.to - FREE_PORTS.from));
    if (!taken.has(port) && (await isFree(host, port))) return port;
  }
  throw new Error(`Found no free port between ${FREE_PORTS.from} and ${FREE_PORTS.to} on ${host}.`);
}
