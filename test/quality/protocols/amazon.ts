import { amazonSplit } from "@palate/recipe";
import { nextItemsProtocol } from "./next-items.js";

/** Amazon Personalize's own split, which every solution version's metrics come from. */
export const amazon = nextItemsProtocol({
  name: "amazon",
  description: "learns all but the newest 10 % of the interactions of 10 % of the users; asked for those",
  defaults: { minItemInteractions: 0, seen: "recipe" },
  split: amazonSplit,
});
