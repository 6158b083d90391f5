/** `npm run palate -- COMMAND …`: the command line of this clone, compiled when it has changed. */
import console from "node:console";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";
import { bootstrap, root } from "./bootstrap.mjs";

try {
  await bootstrap({ packages: ["clients/cli"], quiet: true });
} catch (error) {
  console.error(`\n${error.message}`);
  process.exit(1);
}
await import(pathToFileURL(join(root, "clients/cli/dist/main.js")));
