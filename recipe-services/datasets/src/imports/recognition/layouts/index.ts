import type { Layout, RefusedLayout } from "../layout.js";
import { AMAZON_REVIEWS, REFUSED_AMAZON_REVIEWS } from "./amazon-reviews.js";
import { BOOKS } from "./books.js";
import { COMMERCE } from "./commerce.js";
import { FILMS, REFUSED_FILMS } from "./films.js";
import { MOVIELENS } from "./movielens.js";
import { MUSIC } from "./music.js";
import { NEWS } from "./news.js";
import { PERSONALIZE } from "./personalize.js";
import { PLACES } from "./places.js";
import { RECBOLE } from "./recbole.js";
import { REFUSED_SHOPS, SHOPS } from "./shops.js";
import { WEB_ANALYTICS } from "./web-analytics.js";

/** All layouts that are recognised; of several that a file looks like, the first counts. */
export const LAYOUTS: readonly Layout[] = [
  ...MOVIELENS,
  ...AMAZON_REVIEWS,
  ...RECBOLE,
  ...MUSIC,
  ...SHOPS,
  ...PLACES,
  ...FILMS,
  ...NEWS,
  ...BOOKS,
  ...WEB_ANALYTICS,
  ...COMMERCE,
  ...PERSONALIZE,
];

/** Layouts that are recognised and cannot be imported. */
export const REFUSED_LAYOUTS: readonly RefusedLayout[] = [
  ...REFUSED_AMAZON_REVIEWS,
  ...REFUSED_FILMS,
  ...REFUSED_SHOPS,
];
