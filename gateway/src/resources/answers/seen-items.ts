import * as recipe from "@palate/proto/recipe";
import { registerEnumType } from "type-graphql";

export const SeenItems = {
  EXCLUDE: recipe.SeenItems.SEEN_ITEMS_EXCLUDE,
  INCLUDE: recipe.SeenItems.SEEN_ITEMS_INCLUDE,
} as const;
registerEnumType(SeenItems, {
  name: "SeenItems",
  description: "Whether items the user has interacted with may be recommended.",
  valuesConfig: {
    EXCLUDE: { description: "Leave them out, even where the others do not fill the answer." },
    INCLUDE: { description: "Treat them as any other." },
  },
});
