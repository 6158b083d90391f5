import { leaveOneOut } from "@palate/recipe";
import { nextItemsProtocol } from "./next-items.js";

/** As in the sequential recommendation papers. */
export const leaveOneOutProtocol = nextItemsProtocol({
  name: "leave-one-out",
  description: "learns all but each user's last interaction; asked for that one, of users with three or more",
  split: leaveOneOut,
});
