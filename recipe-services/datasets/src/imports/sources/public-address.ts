import { BlockList, isIPv4 } from "node:net";

/** IPv4 networks that are not the public internet (IANA's special-purpose registry). */
const PRIVATE_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/** Of IPv6's only public network, 2000::/3, the parts that are not: protocol use and tunnels, which may lead anywhere. */
const PRIVATE_V6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

function networks(list: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const blocked = new BlockList();
  for (const network of list) {
    const [address = "", bits] = network.split("/");
    blocked.addSubnet(address, Number(bits), family);
  }
  return blocked;
}

const privateV4 = networks(PRIVATE_V4, "ipv4");
const privateV6 = networks(PRIVATE_V6, "ipv6");
const globalV6 = networks(["2000::/3"], "ipv6");

/** Whether an IP address belongs to the public internet: neither this machine nor a private, shared or reserved network. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !privateV4.check(address, "ipv4");
  const plain = address.replace(/%.*$/, "");
  return globalV6.check(plain, "ipv6") && !privateV6.check(plain, "ipv6");
}
