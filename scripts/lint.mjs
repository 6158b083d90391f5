/** `npm run lint`: the checks of the code; with arguments those whose name has one of them in it: `npm run lint -- eslint`. */
import console from "node:console";
import process from "node:process";
import { bootstrap } from "./bootstrap.mjs";
import { checks, outcomeOf } from "./checks.mjs";

const words = process.argv.slice(2);
const chosen = checks.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
if (chosen.length === 0) console.error(`no check is named so; there are ${checks.map(({ name }) => name).join(", ")}`);

const failed = [];
try {
  await bootstrap({ compile: false });
  for (const check of chosen) if ((await outcomeOf(check)) === "failed") failed.push(check.name);
} catch (error) {
  console.error(`\n${error.message}`);
  failed.push("set-up");
}
if (failed.length > 0) console.error(`failed: ${failed.join(", ")}`);
process.exit(chosen.length === 0 || failed.length > 0 ? 1 : 0);
