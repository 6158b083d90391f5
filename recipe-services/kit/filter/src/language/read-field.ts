import type { Cursor } from "./cursor.js";
import { alternatives, suggestion } from "./nearest.js";
import { written } from "./place.js";
import type { Dataset, Field, Target } from "./syntax.js";

/** Every spelling of a dataset that is understood, in capitals. Amazon's own examples have the singular too. */
const DATASETS: Readonly<Record<string, Dataset>> = {
  INTERACTIONS: "Interactions",
  INTERACTION: "Interactions",
  ITEMS: "Items",
  ITEM: "Items",
  USERS: "Users",
  USER: "Users",
  ACTIONS: "Actions",
  ACTION: "Actions",
  ACTION_INTERACTIONS: "Action_Interactions",
  ACTIONINTERACTIONS: "Action_Interactions",
  CURRENTITEM: "CurrentItem",
  CURRENTUSER: "CurrentUser",
};

/** The datasets whose columns a condition after WHERE may be about. */
export const WHERE_DATASETS: Readonly<Record<Target, readonly Dataset[]>> = {
  ItemID: ["Items", "Interactions", "CurrentItem"],
  UserID: ["Users", "Interactions", "Action_Interactions"],
  ActionID: ["Actions", "Action_Interactions"],
};

/** Why a dataset is not there for a target, where that is not plain, and what to write. */
function hint(target: Target, dataset: Dataset): string {
  if (dataset === "CurrentUser") {
    return target === "UserID"
      ? " A filter of users has no current user; write Users."
      : " Conditions on CurrentUser stand after IF at the end of the expression.";
  }
  if (dataset === "Users") return " For the user who gets the recommendations, write IF CurrentUser.";
  if (dataset === "CurrentItem") return " CurrentItem is the item of a request for related items.";
  return "";
}

/** A name of a dataset, then "." and a column: `Items.GENRE`. `allowed` are the datasets that make sense here. */
export function readField(cursor: Cursor, target: Target, allowed: readonly Dataset[], clause: string): Field {
  const token = cursor.peek();
  if (token.kind !== "name") throw cursor.unexpected(`a column such as ${allowed[0]}.NAME`);
  const dataset = DATASETS[token.name.toUpperCase()];
  if (dataset === undefined) {
    const choice = alternatives(allowed);
    const meant = suggestion(token.name, allowed, "");
    throw cursor.error(`there is no dataset ${token.name}; expected ${choice}, then a dot and a column.${meant}`);
  }
  if (!allowed.includes(dataset)) {
    const message = `${dataset} cannot be used ${clause}; ${alternatives(allowed)} can.`;
    throw cursor.error(message + hint(target, dataset));
  }
  cursor.take();
  cursor.expect(["."], `a dot and a column after ${dataset}`);
  const column = cursor.peek();
  if (column.kind !== "name") throw cursor.unexpected(`the name of a column of ${dataset}`);
  cursor.take();
  return written({ kind: "field", dataset, column: column.name }, cursor.place(token));
}

/** Whether a name and a dot come next. */
export function seesField(cursor: Cursor): boolean {
  return cursor.peek().kind === "name" && cursor.sees(".", 1);
}
