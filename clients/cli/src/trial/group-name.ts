import path from "node:path";
import { groupsOf } from "../session/group.js";
import type { Session } from "../session/session.js";

const LONGEST = 50;

/** A name for the data of files, out of the first file's: "Ratings (1).csv.gz" gives "ratings-1". */
export function nameOf(file: string): string {
  const [stem = ""] = path.basename(file.replace(/\/+$/, "")).split(".");
  const name = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return name.slice(0, LONGEST).replace(/-$/, "") || "data";
}

/** A name that no dataset group has: the one for the files, with a number after it where that is taken. */
export async function freeName(session: Session, file: string): Promise<string> {
  const taken = new Set((await groupsOf(session)).map(({ name }) => name));
  const base = nameOf(file);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(name)) return name;
  }
}
