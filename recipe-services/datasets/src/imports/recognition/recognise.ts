import type { DatasetType } from "@palate/proto/dataset";
import { withoutAbsent } from "./absent-columns.js";
import type { ContentSample } from "./sampling/content-sample.js";
import { looksLike, type Layout, type Plan, type RefusedLayout } from "./layout.js";
import { LAYOUTS, REFUSED_LAYOUTS } from "./layouts/index.js";
import { planGenerically } from "./plan-generically.js";

/** What a file was recognised as, and what is proposed. */
export interface Recognised {
  /** The layout's name; "" when it is none of those known. */
  readonly layout: string;
  readonly plan: Plan;
}

/**
 * Recognises a file by its content.
 * @param type the dataset type that it is for; told by the content when undefined
 * @throws PalateError `invalid_argument` when the type cannot be told
 */
export function recognise(sample: ContentSample, type?: DatasetType): Recognised {
  const found = layoutsOf(sample).map((layout) => ({ layout: layout.name, plan: planOf(layout, sample) }));
  const [first] = found;
  const fitting = type === undefined ? first : found.find(({ plan }) => plan.type === type);
  if (fitting) return fitting;
  return { layout: "", plan: planGenerically(sample, type) };
}

/** All layouts that a file looks like. */
function layoutsOf(sample: ContentSample): Layout[] {
  return LAYOUTS.filter((layout) => layout.looks.some((look) => looksLike(look, sample)));
}

/** The layout for which a file cannot be imported, or undefined. */
export function refusedLayoutOf(
  sample: Pick<ContentSample, "lines"> & Partial<ContentSample>,
): RefusedLayout | undefined {
  const whole: ContentSample = { format: 0, rowsPath: "", columns: [], rows: [], ...sample };
  return REFUSED_LAYOUTS.find((layout) => layout.looks.some((look) => looksLike(look, whole)));
}

function planOf({ plan }: Layout, sample: ContentSample): Plan {
  return withoutAbsent(typeof plan === "function" ? plan(sample) : plan, sample);
}
