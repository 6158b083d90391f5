import { isIP } from "node:net";

/** Whether a name or an address is this machine's own, in the forms that browsers send and options hold. */
export function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}
