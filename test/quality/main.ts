/** Measures recommendation quality: `npm run quality -- --data FOLDER --recipe NAME`. */
import { writeFile } from "node:fs/promises";
import type { Recipe } from "@palate/kit/recipe";
import { loadFolder, withoutRareItems } from "./load-folder.js";
import { measure, measureOwnWay, repeatedCases, splitBy, type Measurement } from "./measure.js";
import { isPlanted, parseOptions, USAGE, type PlantedProtocol, type QualityOptions } from "./options.js";
import { PLANTED_RUNS } from "./planted.js";
import { findRecipes, hasOwnWay } from "./recipes.js";
import { renderReport, type QualityReport } from "./report.js";

/** Says what is going on without leaving a trace in the output; silent where nobody watches. */
function say(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line.slice(0, (process.stderr.columns || 80) - 1)}`);
}

/** What a run found: everything, and a table of it. */
interface Result {
  readonly report: object;
  readonly text: string;
}

async function runPlanted(protocol: PlantedProtocol, options: QualityOptions): Promise<Result> {
  const results: Result[] = [];
  for (const recipe of await findRecipes(options.recipes, protocol))
    results.push(await PLANTED_RUNS[protocol](recipe, options, (line) => say(`${recipe.descriptor.name}: ${line}`)));
  say("");
  return { report: results.map(({ report }) => report), text: results.map(({ text }) => text).join("\n\n") };
}

async function run(options: QualityOptions): Promise<Result> {
  const { protocol } = options;
  if (isPlanted(protocol)) return runPlanted(protocol, options);
  const recipes = await findRecipes(options.recipes, protocol);
  say(`Reading ${options.data}.`);
  const { name, data: whole } = await loadFolder(options.data);
  const data = withoutRareItems(whole, options.minItemInteractions);
  const sayOf = (recipe: Recipe) => (line: string) => say(`${recipe.descriptor.name}: ${line}`);
  const measurements: Measurement[] = [];
  let cases = 0;
  let repeated = 0;
  if (protocol === "segments") {
    for (const recipe of recipes.filter(hasOwnWay)) {
      const one = await measureOwnWay(recipe, data, options, sayOf(recipe));
      measurements.push(one.measurement);
      cases += one.cases;
    }
  } else {
    const split = splitBy(protocol, data, options.seed);
    cases = split.cases.length;
    if (cases === 0) throw new Error(`${options.data} has no user that ${protocol} can ask about.`);
    repeated = repeatedCases(split);
    for (const recipe of recipes) measurements.push(await measure(recipe, split, options, sayOf(recipe), data));
  }
  say("");
  const report: QualityReport = {
    dataset: name,
    users: data.userIds.length,
    items: data.itemIds.length,
    interactions: data.items.length,
    cases,
    repeatedCases: repeated,
    options,
    measurements,
  };
  return { report, text: renderReport(report) };
}

try {
  const options = parseOptions(process.argv.slice(2));
  const { report, text } = await run(options);
  process.stdout.write(`${text}\n`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 1;
}
