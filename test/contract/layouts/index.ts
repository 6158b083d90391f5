import { AMAZON } from "./amazon.js";
import { LOGS } from "./logs.js";
import type { LookAlike } from "./look-alike.js";
import { MEDIA } from "./media.js";
import { MOVIELENS } from "./movielens.js";
import { VENDORS } from "./vendors.js";

/** Small files in the form of every layout that is recognised. */
export const LOOK_ALIKES: readonly LookAlike[] = [...MOVIELENS, ...AMAZON, ...LOGS, ...MEDIA, ...VENDORS];
