import { temporalSplit } from "@palate/recipe";
import { nextItemsProtocol } from "./next-items.js";

/** One moment for everybody, so that no model sees anybody's future. */
export const temporal = nextItemsProtocol({
  name: "temporal",
  description:
    "learns everything before the 0.9 quantile of all times; asked for the last interaction of each user active after it, given all earlier ones",
  split: (data) => temporalSplit(data),
});
