/** `npm run dev`: Palate that rebuilds and restarts what changes. */
import { launch } from "./launch.mjs";

await launch("dev");
