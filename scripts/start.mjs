/** `npm start`: Palate with a data folder that lasts. */
import { launch } from "./launch.mjs";

await launch("up");
