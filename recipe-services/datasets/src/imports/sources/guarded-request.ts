import { invalidArgument, type PalateError } from "@palate/host";
import { lookup as resolve, type LookupAddress } from "node:dns";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.js";

/** How requests to addresses that callers name are kept in bounds. */
export interface RequestRules {
  /** Hosts, as "name" or "name:port", that may be asked although their addresses are not public. */
  readonly allowedHosts: readonly string[];
  /** Milliseconds without a byte after which a connection is given up. */
  readonly idleMs: number;
}

/** Most redirections that are followed. */
const MAX_REDIRECTS = 5;

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The address of a location, or the reason why it is none. */
export function parseAddress(location: string): URL {
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw invalidArgument(`"${shown(location)}" is not an http or https address.`);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalidArgument(`The address of ${url.host} holds a user name or password; use a signed address instead.`);
  }
  return url;
}

/** An address without its query, which may hold a signature. */
export function shown(address: string): string {
  return address.replace(/[?#].*$/s, "").slice(0, 300);
}

function forbidden(host: string): PalateError {
  return invalidArgument(
    `"${host}" is in a private network or on this machine, from where nothing is fetched; name it in PALATE_IMPORT_ALLOWED_HOSTS if it may be asked.`,
  );
}

/** Whether a host may be asked whatever its address is. */
function isAllowed(url: URL, rules: RequestRules): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const name = url.hostname.toLowerCase();
  return rules.allowedHosts.some((entry) => [name, `${name}:${port}`].includes(entry.toLowerCase()));
}

/** Throws when an address names a private network without a name having to be resolved. */
export function checkLiteral(url: URL, rules: RequestRules): void {
  if (isAllowed(url, rules)) return;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const local = host === "localhost" || host.endsWith(".localhost");
  if (local || (isIP(host) !== 0 && !isPublicAddress(host))) throw forbidden(url.host);
}

/** Resolves names to public addresses only. What it answers is what is connected to: no second look-up can differ. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    const addresses: LookupAddress[] = error ? [] : found;
    const failure = error ?? (addresses.every(({ address }) => isPublicAddress(address)) ? null : forbidden(hostname));
    const [first] = addresses;
    if (failure || first === undefined) callback(failure ?? new Error(`no address of ${hostname}`), "", 4);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function ask(url: URL, headers: Record<string, string>, rules: RequestRules, signal: AbortSignal) {
  return new Promise<IncomingMessage>((answer, fail) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
      headers: { "user-agent": "palate", accept: "*/*", "accept-encoding": "identity", ...headers },
      agent: false,
      signal,
      ...(isAllowed(url, rules) ? {} : { lookup: publicLookup }),
    });
    request.setTimeout(rules.idleMs, () =>
      request.destroy(new Error(`${url.host} sent nothing for ${rules.idleMs / 1000} seconds`)),
    );
    request.on("response", answer);
    request.on("error", fail);
    request.end();
  });
}

/**
 * Sends a GET and follows redirections, each of which is checked as the first address was.
 * @throws PalateError `invalid_argument` for private addresses and bad redirections; other errors are of the connection
 */
export async function guardedGet(
  start: URL,
  headers: Record<string, string>,
  rules: RequestRules,
  signal: AbortSignal,
): Promise<{ readonly response: IncomingMessage; readonly url: URL }> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    checkLiteral(url, rules);
    const response = await ask(url, headers, rules, signal);
    if (!REDIRECTS.has(response.statusCode ?? 0)) return { response, url };
    response.destroy();
    if (redirects === MAX_REDIRECTS) throw invalidArgument(`${url.host} redirects more than ${MAX_REDIRECTS} times.`);
    const target = response.headers.location;
    if (!target || !URL.canParse(target, url.href))
      throw invalidArgument(`${url.host} redirects without saying where to.`);
    const next = parseAddress(new URL(target, url).href);
    if (url.protocol === "https:" && next.protocol === "http:") {
      throw invalidArgument(`${url.host} redirects from https to http (${next.host}), which is not followed.`);
    }
    url = next;
  }
}
