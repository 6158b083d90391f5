import type { ContentSample } from "../sampling/content-sample.js";
import { planGenerically } from "../plan-generically.js";
import type { Layout, Plan } from "../layout.js";
import { INTERACTIONS, ITEMS, USERS, vendor } from "./parts.js";

/** Names as Amazon's schemas have them. */
const CAPITALS = /^[A-Z][A-Z0-9_]*$/;

const planned =
  (type: Plan["type"]) =>
  (sample: ContentSample): Plan =>
    planGenerically(sample, type);

const capitals = (paths: readonly string[], without: readonly string[] = []) =>
  ({ in: "columns", paths, without, onlyNames: CAPITALS }) as const;

/** Files for Amazon Personalize, which import as they are. */
export const PERSONALIZE: readonly Layout[] = [
  vendor("Amazon Personalize interactions", capitals(["USER_ID", "ITEM_ID", "TIMESTAMP"]), planned(INTERACTIONS)),
  vendor("Amazon Personalize items", capitals(["ITEM_ID"], ["USER_ID", "TIMESTAMP"]), planned(ITEMS)),
  vendor("Amazon Personalize users", capitals(["USER_ID"], ["ITEM_ID", "TIMESTAMP"]), planned(USERS)),
];
