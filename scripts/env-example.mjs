/** `npm run generate:env`: writes .env.example from the options that the services declare. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bootstrap, root } from "./bootstrap.mjs";

await bootstrap({ tests: true });
const { envExample } = await import(pathToFileURL(join(root, "test/dist/support/env-example.js")));
writeFileSync(join(root, ".env.example"), await envExample());
