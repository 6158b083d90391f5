/** Measures recommendation quality: `npm run quality -- --data FOLDER --recipe NAME`, or every row with `--all`. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { renderResults } from "./all/markdown.js";
import { readResults, writeResults, type RowResults } from "./all/row-results.js";
import { chosenRows, runRows } from "./all/run-rows.js";
import { parseAllOptions, parseOptions, usage } from "./options.js";
import { renderReport } from "./report.js";
import { ROWS } from "./rows/index.js";
import { runQuality } from "./run.js";

/** Says what is going on without leaving a trace in the output; silent where nobody watches. */
function say(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
}

const dataRoot = process.env["PALATE_QUALITY_DATA"] ?? "";
/** The sources' folder, whether this runs from there or from where it was compiled to. */
const here = fileURLToPath(new URL(import.meta.url.includes("/dist/") ? "../../quality/" : "./", import.meta.url));

async function measureAll(args: readonly string[]): Promise<void> {
  const options = parseAllOptions(args, dataRoot);
  const rows = chosenRows(ROWS, options.only);
  const file = `${here}results.json`;
  const store = async (results: RowResults): Promise<void> => {
    await writeResults(file, results);
    await writeFile(`${here}RESULTS.md`, renderResults(ROWS, results));
  };
  const before = await readResults(file);
  if (options.renderOnly) return store(before);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  await runRows(rows, options, { program: fileURLToPath(import.meta.url), before, store, say });
  say(`Written: ${here}RESULTS.md`);
}

async function measureOne(args: readonly string[]): Promise<void> {
  const options = parseOptions(args);
  const report = await runQuality(options, dataRoot, say);
  process.stdout.write(`${renderReport(report)}\n`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

const args = process.argv.slice(2);
try {
  if (args.includes("--help")) process.stdout.write(`${usage()}\n`);
  else if (args.includes("--all")) await measureAll(args);
  else await measureOne(args);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage()}\n`);
  process.exitCode = 1;
}
