import { explorationRows } from "./exploration.js";
import { hrnnRows } from "./hrnn.js";
import { metadataRows } from "./metadata.js";
import { nextBestActionRows } from "./next-best-action.js";
import { popularityRows } from "./popularity.js";
import { rankingRows } from "./ranking.js";
import type { Row } from "./row.js";
import { segmentsRows } from "./segments.js";
import { simsRows } from "./sims.js";
import { trendingRows } from "./trending.js";
import { tuningRows } from "./tuning.js";
import { userPersonalizationRows } from "./user-personalization.js";

/** Every row of RESULTS.md in its order. A service's rows are a file beside this and a line here. */
export const ROWS: readonly Row[] = [
  ...userPersonalizationRows,
  ...hrnnRows,
  ...metadataRows,
  ...tuningRows,
  ...explorationRows,
  ...rankingRows,
  ...simsRows,
  ...trendingRows,
  ...segmentsRows,
  ...nextBestActionRows,
  ...popularityRows,
];
