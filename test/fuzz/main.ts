/** `npm run fuzz`: tries random inputs, orders and moments on what must hold whatever they are. */
import { fuzzCommand } from "./command.js";
import { FUZZERS } from "./registry.js";

process.exit(await fuzzCommand(process.argv.slice(2), FUZZERS));
