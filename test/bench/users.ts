import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

/** Up to `count` users of a folder's interactions in random order; the same ones for the same seed. */
export function randomUsers(folder: string, count: number, seed = 42): string[] {
  const text = gunzipSync(readFileSync(path.join(folder, "interactions.csv.gz"))).toString("utf8");
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const column = header.split(",").indexOf("USER_ID");
  const users = [...new Set(lines.map((line) => line.split(",", column + 1)[column] ?? ""))];
  let state = seed;
  const random = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  for (let i = users.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [users[i], users[j]] = [users[j] as string, users[i] as string];
  }
  return users.slice(0, count);
}
