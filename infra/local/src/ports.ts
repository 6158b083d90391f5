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

/** A port nobody listens on, outside `taken`. */
export async function freePort(host: string, taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = FREE_PORTS.from + Math.floor(Math.random() * (FREE_PORTS.to - FREE_PORTS.from));
    if (!taken.has(port) && (await isFree(host, port))) return port;
  }
  throw new Error(`Found no free port between ${FREE_PORTS.from} and ${FREE_PORTS.to} on ${host}.`);
}

/** One port that was wanted and what was chosen. */
export interface ChosenPort {
  /** Who will listen on it. */
  readonly name: string;
  /** The port wanted; 0 when any would do. */
  readonly wanted: number;
  /** The port to use. */
  readonly port: number;
}

/** Takes each wanted port if it is free, else another. */
export async function choosePorts(
  host: string,
  wanted: readonly { readonly name: string; readonly port: number }[],
): Promise<ChosenPort[]> {
  const taken = new Set(wanted.map(({ port }) => port));
  const chosen: ChosenPort[] = [];
  for (const { name, port } of wanted) {
    const usable = port !== 0 && (await isFree(host, port));
    const actual = usable ? port : await freePort(host, taken);
    taken.add(actual);
    chosen.push({ name, wanted: port, port: actual });
  }
  return chosen;
}
