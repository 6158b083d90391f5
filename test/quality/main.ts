/** Measures recommendation quality: `npm run quality -- --data FOLDER --recipe NAME`. */
import { writeFile } from "node:fs/promises";
import { loadFolder, withoutRareItems } from "./load-folder.js";
import { measure, repeatedCases, splitBy, type Measurement } from "./measure.js";
import { parseOptions, USAGE, type QualityOptions } from "./options.js";
import { findRecipes } from "./recipes.js";
import { renderReport, type QualityReport } from "./report.js";

/** Says what is going on without leaving a trace in the output; silent where nobody watches. */
function say(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
}

async function run(options: QualityOptions): Promise<QualityReport> {
  const recipes = await findRecipes(options.recipes);
  say(`Reading ${options.data}.`);
  const { name, data: whole } = await loadFolder(options.data);
  const data = withoutRareItems(whole, options.minItemInteractions);
  const split = splitBy(options.protocol, data, options.seed);
  if (split.cases.length === 0) throw new Error(`${options.data} has no user that ${options.protocol} can ask about.`);
  const measurements: Measurement[] = [];
  for (const recipe of recipes)
    measurements.push(await measure(recipe, split, options, (line) => say(`${recipe.descriptor.name}: ${line}`)));
  say("");
  return {
    dataset: name,
    users: data.userIds.length,
    items: data.itemIds.length,
    interactions: data.items.length,
    cases: split.cases.length,
    repeatedCases: repeatedCases(split),
    options,
    measurements,
  };
}

try {
  const options = parseOptions(process.argv.slice(2));
  const report = await run(options);
  process.stdout.write(`${renderReport(report)}\n`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 1;
}
