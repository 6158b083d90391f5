import { freePort, isFree } from "@palate/mongo";

/** One port that was wanted and what was chosen. */
export interface ChosenPort {
  /** Who will listen on it. */
  readonly name: string;
  /** The port wanted; 0 when any would do. */
  readonly wanted: number;
  /** The port to use. */
  readonly port: number;
}

/**
 * Takes each wanted port if it is free, else another.
 * @param others ports that something else is about to use
 */
export async function choosePorts(
  host: string,
  wanted: readonly { readonly name: string; readonly port: number }[],
  others: Iterable<number> = [],
): Promise<ChosenPort[]> {
  const spoken = new Set(others);
  const taken = new Set([...spoken, ...wanted.map(({ port }) => port)]);
  const chosen: ChosenPort[] = [];
  for (const { name, port } of wanted) {
    const usable = port !== 0 && !spoken.has(port) && (await isFree(host, port));
    const actual = usable ? port : await freePort(host, taken);
    taken.add(actual);
    chosen.push({ name, wanted: port, port: actual });
  }
  return chosen;
}
