/** Makes the clone ready, then hands over to one of the commands of infra/local, in this same process. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import process from "node:process";
import console from "node:console";
import { bootstrap, root } from "./bootstrap.mjs";

/** Runs `command` with this process's own arguments. */
export async function launch(command) {
  try {
    await bootstrap();
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exit(1);
  }
  process.argv.splice(2, 0, command);
  await import(pathToFileURL(join(root, "infra/local/dist/main.js")));
}
