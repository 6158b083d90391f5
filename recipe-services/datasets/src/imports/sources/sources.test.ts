import { PalateError } from "@palate/host";
import { describe, expect, test } from "vitest";
import { fixedPart, patternMatcher } from "./glob.js";
import { isPublicAddress } from "./public-address.js";
import { resumable, type OpenPart } from "./resumable.js";

describe("patterns", () => {
  test.each([
    ["*.csv", ["a.csv", "é.csv"], ["a.csv.gz", "b/a.csv", ".csvx"]],
    ["part-?.csv", ["part-1.csv"], ["part-12.csv", "part-.csv"]],
    ["2024-*/items.csv", ["2024-01/items.csv"], ["2024-01/02/items.csv", "items.csv"]],
    ["**/items.csv", ["items.csv", "a/items.csv", "a/b/items.csv"], ["xitems.csv", "a/items.csv/b"]],
    ["a+(b).[c]*", ["a+(b).[c]x"], ["aab.cx"]],
  ])("%s takes what it should and nothing else", (pattern, taken, left) => {
    const matcher = patternMatcher(pattern);
    expect(taken.filter((name) => !matcher.test(name))).toEqual([]);
    expect(left.filter((name) => matcher.test(name))).toEqual([]);
  });

  test("begin where their first wildcard's folder does", () => {
    expect(["/data/x*/y", "/data/x/*.csv", "a?b", "events/"].map(fixedPart)).toEqual([
      "/data/",
      "/data/x/",
      "",
      "events/",
    ]);
  });
});

describe("addresses", () => {
  test.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::200e"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  test.each([
    ...[
      "127.0.0.1",
      "127.255.0.1",
      "0.0.0.0",
      "10.0.0.1",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.0.1",
      "169.254.169.254",
    ],
    ...["100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1"],
    ...[
      "::",
      "::1",
      "::ffff:8.8.8.8",
      "::ffff:127.0.0.1",
      "64:ff9b::a00:1",
      "fc00::1",
      "fe80::1",
      "fe80::1%eth0",
      "ff02::1",
    ],
    ...["2001::1", "2001:db8::1", "2002:7f00:1::", "100::1", "nonsense"],
  ])("%s is not", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe("reading on after a break", () => {
  const content = Buffer.from("0123456789");
  async function* upTo(from: number, to: number) {
    yield content.subarray(from, to);
    if (to < content.length) throw new Error("reset");
  }
  const all = async (open: OpenPart, version: string | undefined) => {
    const first = { body: upTo(0, 4), total: content.length, version };
    const chunks: Buffer[] = [];
    for await (const chunk of resumable("file", first, open, new AbortController().signal)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  test("goes on at the byte where it was, also when the end came too early without an error", async () => {
    const asked: unknown[] = [];
    const open: OpenPart = (offset, version) => {
      asked.push([offset, version]);
      async function* short() {
        yield content.subarray(offset, 7);
      }
      const body = offset === 4 ? short() : upTo(offset, 10);
      return Promise.resolve({ body, total: content.length, version });
    };
    expect(await all(open, '"v"')).toBe("0123456789");
    expect(asked).toEqual([
      [4, '"v"'],
      [7, '"v"'],
    ]);
  });

  test("ends with the reason when the file has no version or has another one", async () => {
    const changed: OpenPart = () => Promise.reject(new PalateError("failed_precondition", "changed"));
    await expect(all(changed, '"v"')).rejects.toThrow("changed");
    await expect(all(changed, undefined)).rejects.toMatchObject({ code: "unavailable", message: /reset/ });
  });
});
