import { existsSync } from "node:fs";
import path from "node:path";

/** The browser to test with: CHROMIUM_PATH, or the first of the usual names on the PATH. */
function findChromium(): string | undefined {
  if (process.env["CHROMIUM_PATH"]) return process.env["CHROMIUM_PATH"];
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}

/** Where the browser to test with is; undefined where there is none. */
export const chromiumPath = findChromium();

/** What a test's name ends in: why it is skipped where there is no browser. */
export const withoutChromium =
  chromiumPath === undefined
    ? " (SKIPPED: no chromium, chromium-browser or google-chrome on the PATH, and CHROMIUM_PATH is not set)"
    : "";
