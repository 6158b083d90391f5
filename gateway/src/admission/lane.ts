import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import type { Caller } from "../access/caller.js";

/**
 * Whose turn a request is counted as of which nobody says who asks: its address's; of IPv6 the network, of which one machine has as many
 * addresses as it likes.
 */
function addressLane({ socket: { remoteAddress = "" } }: Pick<IncomingMessage, "socket">): string {
  if (!isIPv6(remoteAddress) || remoteAddress.startsWith("::")) return remoteAddress;
  return networkOf(remoteAddress);
}

/** Whose turn a request is counted as once that is known: its caller's, or its address's where nobody says who they are. */
export function callerLane({ kind, id }: Caller, request: IncomingMessage | undefined): string {
  if (kind === "apiKey" || kind === "token") return `${kind} ${id}`;
  return request ? addressLane(request) : kind;
}

/** The first 64 bits of an IPv6 address, which is the same network however it is written. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  return [...groups, ...Array<string>(missing).fill("0")].slice(0, 4).join(":");
}
