/** `npm run fuzz`: runs every fuzzer from a seed. Arguments are explained by `-- --help`. */
import { join } from "node:path";
import process from "node:process";
import { bootstrap, root } from "./bootstrap.mjs";
import { prepareEngine } from "./engine.mjs";
import { show } from "./steps.mjs";

await bootstrap({ tests: true });
await prepareEngine();
process.exit(await show(process.execPath, [join(root, "test/dist/fuzz/main.js"), ...process.argv.slice(2)]));
