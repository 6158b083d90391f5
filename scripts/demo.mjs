/** `npm run demo`: Palate with a sample, trained and asked. */
import { launch } from "./launch.mjs";

await launch("demo");
