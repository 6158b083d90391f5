/** `npm run quality`: measures recommendations on held-out data. Arguments are explained by `-- --help`. */
import { join } from "node:path";
import process from "node:process";
import { bootstrap, root } from "./bootstrap.mjs";
import { show } from "./steps.mjs";

await bootstrap({ tests: true });
process.exit(await show(process.execPath, [join(root, "test/dist/quality/main.js"), ...process.argv.slice(2)]));
