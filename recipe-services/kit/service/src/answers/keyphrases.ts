import type { Violation } from "@palate/host";
import type { ListKeyphrasesRequest, ListKeyphrasesResponse } from "@palate/proto/recipe";
import { loadedFor } from "@palate/recipe";
import { idProblems, refuseProblems } from "../serving/request-problems.js";
import type { LoadedModel } from "../serving/serving-hub.js";

const MAX_ITEMS = 100;
const MAX_PHRASES = 50;
const DEFAULT_PHRASES = 5;

/**
 * The keyphrases of items' texts.
 * @throws PalateError `invalid_argument` naming every field that is wrong; `unimplemented` for a model that reads no texts
 */
export function keyphrases(
  { itemIds, numResults }: ListKeyphrasesRequest,
  loaded: LoadedModel,
): ListKeyphrasesResponse {
  const violations: Violation[] = [];
  if (itemIds.length === 0 || itemIds.length > MAX_ITEMS)
    violations.push({ field: "item_ids", message: `are ${itemIds.length}; there must be from 1 to ${MAX_ITEMS}` });
  if (numResults < 0 || numResults > MAX_PHRASES) {
    const message = `is ${numResults}; it must be from 1 to ${MAX_PHRASES}, or 0 for ${DEFAULT_PHRASES}`;
    violations.push({ field: "num_results", message });
  }
  violations.push(...idProblems({ item_ids: itemIds }));
  refuseProblems(violations);
  const { model, replica, versionId } = loadedFor(loaded, "keyphrases");
  return {
    items: itemIds.map((itemId) => ({
      itemId,
      keyphrases: model.keyphrases(replica.itemIndex(itemId), numResults || DEFAULT_PHRASES).map((one) => ({ ...one })),
    })),
    versionId,
    dataAgeMs: Math.round(replica.dataAgeMs()),
  };
}
