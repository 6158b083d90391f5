import { createHmac, timingSafeEqual } from "node:crypto";
import { unauthenticated } from "../errors/palate-error.js";
import type { Identity } from "./identity.js";
import { isRole } from "./role.js";

/** The only header that is signed or accepted: which algorithm is used is no matter of the token's. */
const HEADER = Buffer.from(JSON.stringify({ alg: "HS256", typ: "palate-identity+jwt" })).toString("base64url");

/** Seconds by which the clocks of two machines may differ. */
const CLOCK_SKEW_SECONDS = 30;
/** Most tokens that are remembered as verified. */
const MAX_VERIFIED = 10_000;

interface Claims {
  readonly kind: Identity["kind"];
  readonly sub: string;
  readonly name?: string;
  readonly roles: readonly string[];
  readonly groups: "all" | readonly string[];
  /** Unix time in seconds. */
  readonly exp: number;
}

interface Verified {
  readonly identity: Identity;
  readonly exp: number;
}

/** Signs identities for calls between Palate's processes, and verifies them: JWTs (RFC 7519) by HMAC-SHA-256 with a shared secret. */
export class IdentityTokens {
  readonly #secrets: readonly string[];
  readonly #verified = new Map<string, Verified>();

  /** @param secrets the first signs, all of them verify: so a secret can be replaced without an interruption */
  constructor(secrets: readonly [string, ...string[]]) {
    this.#secrets = secrets;
  }

  /** A token that says who an identity is, for a number of seconds. */
  sign({ kind, id, name, roles, groups }: Identity, lifetimeSeconds: number): string {
    const claims: Claims = {
      kind,
      sub: id,
      ...(name !== undefined && { name }),
      roles: [...roles],
      groups: groups === "all" ? groups : [...groups],
      exp: nowSeconds() + lifetimeSeconds,
    };
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
    return `${signed}.${signatureOf(signed, this.#secrets[0]!).toString("base64url")}`;
  }

  /**
   * The identity that a token says.
   * @throws PalateError `unauthenticated` when it was not signed with one of the secrets or has expired
   */
  verify(token: string): Identity {
    let verified = this.#verified.get(token);
    if (verified === undefined) {
      verified = this.#read(token);
      if (this.#verified.size >= MAX_VERIFIED) this.#verified.clear();
      this.#verified.set(token, verified);
    }
    if (nowSeconds() <= verified.exp + CLOCK_SKEW_SECONDS) return verified.identity;
    this.#verified.delete(token);
    throw unauthenticated("The access token has expired; get a new one with createAccessToken.");
  }

  #read(token: string): Verified {
    const end = token.lastIndexOf(".");
    const signed = token.slice(0, Math.max(0, end));
    const signature = Buffer.from(token.slice(end + 1), "base64url");
    const genuine = this.#secrets.some((secret) => {
      const right = signatureOf(signed, secret);
      return signature.length === right.length && timingSafeEqual(signature, right);
    });
    if (!genuine || !signed.startsWith(`${HEADER}.`))
      throw unauthenticated(
        "This is no access token of this installation; get one from the gateway with createAccessToken.",
      );
    const claims = JSON.parse(Buffer.from(signed.slice(HEADER.length + 1), "base64url").toString()) as Claims;
    const { kind, sub: id, name, exp } = claims;
    const roles = new Set(claims.roles.filter(isRole));
    const groups = claims.groups === "all" ? claims.groups : new Set(claims.groups);
    return { identity: { kind, id, ...(name !== undefined && { name }), roles, groups }, exp };
  }
}

function signatureOf(text: string, secret: string): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
