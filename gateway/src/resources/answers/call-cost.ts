/** Items of a list, and of a ranking or what else is looked up one by one, that keep a service as busy as one call more. */
const ITEMS_OF_CALL = 50;
const IDS_OF_CALL = 250;
/** So many times the work an item is when the list has to be diverse, and when what contributed to it is asked for. */
const DIVERSITY_FACTOR = 4;
const REASONS_FACTOR = 4;

/** What a segment of users counts as: every user is scored. */
export const SEGMENT_COST = 16;

/** About how much work a list is: 1.5 for a plain one of 25. */
export function listCost(request: {
  readonly numResults: number;
  readonly diversity?: unknown;
  readonly explain?: boolean;
}): number {
  const { numResults, diversity, explain } = request;
  const factor = 1 + (diversity ? DIVERSITY_FACTOR : 0) + (explain ? REASONS_FACTOR : 0);
  return 1 + (numResults / ITEMS_OF_CALL) * factor;
}

/** About how much work a ranking is. */
export function rankingCost({
  itemIds,
  explain,
}: {
  readonly itemIds: readonly string[];
  readonly explain: boolean;
}): number {
  return 1 + (itemIds.length / IDS_OF_CALL) * (explain ? 1 + REASONS_FACTOR : 1);
}

/** About how much work it is to look ids up. */
export function idsCost(ids: readonly string[]): number {
  return 1 + ids.length / IDS_OF_CALL;
}
