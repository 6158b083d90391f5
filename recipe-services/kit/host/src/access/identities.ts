import { readOptionFile } from "../config/read-option-file.js";
import { failedPrecondition, invalidArgument } from "../errors/palate-error.js";
import type { Identity } from "./identity.js";
import { IdentityTokens } from "./identity-tokens.js";
import { isLoopback } from "./loopback.js";
import { withIncluded, type Role } from "./role.js";

/** Fewest characters of the secret: 32 random bytes are 43 in base64. */
const MIN_SECRET_LENGTH = 32;
/** Seconds that a service's own token is good for; it is made anew at half of that. */
const SERVICE_TOKEN_SECONDS = 300;

/** The values of the options about who may call, and where the process listens. */
export interface IdentityConfig {
  readonly identities: "off" | "on" | "trust-network";
  readonly identitySecret: string;
  readonly identitySecretFile: string;
  /** "host:port". */
  readonly listen: string;
}

/**
 * How a process knows who calls; undefined where nobody is asked.
 * @throws PalateError `failed_precondition` when it is to listen beyond the loopback without, `invalid_argument` when the secret is
 *   missing or too short
 */
export function openIdentities(config: IdentityConfig): IdentityTokens | undefined {
  if (config.identities === "on") return new IdentityTokens(secretsOf(config));
  const host = config.listen
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase();
  if (config.identities === "trust-network" || isLoopback(host)) return undefined;
  throw failedPrecondition(
    `Listening on "${config.listen}" would let everybody on the network in. Set PALATE_IDENTITIES=on, with API keys; listen on 127.0.0.1; or, where a network policy or a proxy decides who gets through, set PALATE_IDENTITIES=trust-network.`,
  );
}

/**
 * Makes the function that says who this process is when it calls another; undefined where nobody is asked.
 * @param name the service's
 * @param role the most it may do, in all dataset groups
 */
export function signAs(tokens: IdentityTokens | undefined, name: string, role: Role): (() => string) | undefined {
  if (tokens === undefined) return undefined;
  const identity: Identity = { kind: "service", id: name, roles: withIncluded([role]), groups: "all" };
  let token = "";
  let renewAtMs = 0;
  return () => {
    const now = Date.now();
    if (now >= renewAtMs) {
      token = tokens.sign(identity, SERVICE_TOKEN_SECONDS);
      renewAtMs = now + (SERVICE_TOKEN_SECONDS * 1_000) / 2;
    }
    return token;
  };
}

function secretsOf({ identitySecret, identitySecretFile }: IdentityConfig): readonly [string, ...string[]] {
  const source =
    identitySecret || (identitySecretFile && readOptionFile("PALATE_IDENTITY_SECRET_FILE", identitySecretFile));
  const [first, ...rest] = source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (first === undefined) {
    const message = "PALATE_IDENTITIES=on needs PALATE_IDENTITY_SECRET or PALATE_IDENTITY_SECRET_FILE";
    throw invalidArgument(`${message}: the same for all of Palate's processes, made with "openssl rand -base64 32".`);
  }
  const short = [first, ...rest].find((secret) => secret.length < MIN_SECRET_LENGTH);
  if (short !== undefined) {
    const message = `The identity secret has ${short.length} characters; it must have at least ${MIN_SECRET_LENGTH}.`;
    throw invalidArgument(`${message} Make one with "openssl rand -base64 32".`);
  }
  return [first, ...rest];
}
