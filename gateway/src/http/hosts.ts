import { cut, isLoopback, PalateError } from "@palate/host";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/**
 * Decides by which names the gateway may be called. A page of a site whose name was made to point to this machine (DNS rebinding) is
 * of the same origin to its browser, which then asks nobody; only the name in `Host` gives it away.
 */
export class Hosts {
  readonly #any: boolean;
  readonly #onLoopback: boolean;
  readonly #names: ReadonlySet<string>;
  /** Values of `Host` that were found to be right; there are few. */
  readonly #known = new Set<string>();

  /**
   * @param listenHost the address the gateway listens on. On the loopback, that and the configured names are right; elsewhere any
   * address is, and any name unless some are configured
   * @param names the configured ones; "*" means all
   */
  constructor(listenHost: string, names: readonly string[]) {
    this.#onLoopback = isLoopback(listenHost.toLowerCase());
    this.#names = new Set(names.map((name) => name.toLowerCase()));
    this.#any = this.#names.has("*") || (!this.#onLoopback && names.length === 0);
  }

  /** What is wrong with the name a request calls the gateway by; undefined when nothing is. */
  problem({ headers: { host } }: IncomingMessage): PalateError | undefined {
    // Without Host it is HTTP/1.0, which no browser speaks.
    if (this.#any || host === undefined || this.#known.has(host)) return undefined;
    const name = nameIn(host);
    if (isLoopback(name) || this.#names.has(name) || (!this.#onLoopback && isIP(name) !== 0)) {
      if (this.#known.size < 1_000) this.#known.add(host);
      return undefined;
    }
    const message = `This gateway is not called "${cut(name)}"; if it is to be, add the name to PALATE_ALLOWED_HOSTS.`;
    return new PalateError("failed_precondition", message);
  }
}

/** The name or address in a `Host` header, without the port, brackets and the dot at its end. */
function nameIn(host: string): string {
  const name = /^\[([^\]]*)\](?::\d*)?$/.exec(host)?.[1] ?? host.replace(/:\d*$/, "");
  return name.toLowerCase().replace(/\.$/, "");
}
