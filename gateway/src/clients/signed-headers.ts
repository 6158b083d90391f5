import { identityHeader, type Identity, type IdentityTokens } from "@palate/host";

/** Seconds that what the gateway signs is good for; it is signed anew at half of that. */
const LIFETIME_SECONDS = 300;

/** Headers that tell a service who is behind a call; undefined where services do not ask. */
export type SignedHeaders = (caller: Identity) => Readonly<Record<string, string>> | undefined;

/** Makes the headers, each caller's once for many calls. */
export function signedHeaders(tokens: IdentityTokens | undefined): SignedHeaders {
  if (tokens === undefined) return () => undefined;
  const signed = new WeakMap<Identity, { headers: Readonly<Record<string, string>>; renewAtMs: number }>();
  return (caller) => {
    const known = signed.get(caller);
    const now = Date.now();
    if (known !== undefined && now < known.renewAtMs) return known.headers;
    const headers = identityHeader(tokens.sign(caller, LIFETIME_SECONDS));
    signed.set(caller, { headers, renewAtMs: now + (LIFETIME_SECONDS * 1_000) / 2 });
    return headers;
  };
}
