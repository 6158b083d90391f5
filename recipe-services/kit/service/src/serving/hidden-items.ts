import { invalidArgument } from "@palate/host";
import type { CampaignConfig } from "@palate/proto/recipe";
import { HIDING_EVENT_TYPES } from "@palate/recipe";
import type { LoadedModel } from "./serving-hub.js";

/** Most event types of a campaign that hide items. */
const MAX_TYPES = 10;

/** Longest event type. */
const MAX_CHARACTERS = 256;

/**
 * The event types that hide items, as a campaign's configuration says; undefined when it says nothing.
 * @throws PalateError `invalid_argument` when there are too many, or one is empty or too long
 */
export function hidingEventTypesOf(config: CampaignConfig | undefined): readonly string[] | undefined {
  const types = config?.hiddenItemsConfig?.eventTypes;
  if (types === undefined) return undefined;
  const field = "campaign_config.hidden_items_config.event_types";
  if (types.length > MAX_TYPES) {
    const message = `has ${types.length} types; at most ${MAX_TYPES} are right`;
    throw invalidArgument(`${field} ${message}.`, [{ field, message }]);
  }
  const violations = types.flatMap((type, at) =>
    type === "" || type.length > MAX_CHARACTERS
      ? [{ field: `${field}[${at}]`, message: `has ${type.length} characters; 1 to ${MAX_CHARACTERS} are right` }]
      : [],
  );
  if (violations.length > 0) {
    throw invalidArgument(`${violations.map((one) => `${one.field} ${one.message}`).join("; ")}.`, violations);
  }
  return types;
}

/** Items that are hidden from a user in answers of a campaign; none for an unknown user. */
export function hiddenFrom({ replica, hidingEventTypes }: LoadedModel, user: number): Int32Array {
  return replica.hiddenItems(user, hidingEventTypes ?? HIDING_EVENT_TYPES);
}
