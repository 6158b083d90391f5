import { loadedFor } from "@palate/recipe";
import type { LoadedModel } from "../serving/serving-hub.js";

const LINES_AT_ONCE = 10_000;

function* idLines(count: number, lineOf: (index: number) => string | undefined): Generator<Uint8Array> {
  for (let from = 0; from < count; from += LINES_AT_ONCE) {
    let text = "";
    for (let index = from; index < Math.min(count, from + LINES_AT_ONCE); index++) {
      const line = lineOf(index);
      if (line !== undefined) text += `${line}\n`;
    }
    yield Buffer.from(text, "utf8");
  }
}

/** A line that asks about one id; undefined for a deleted one. */
function lineOf(key: string, id: string): string | undefined {
  return id === "" ? undefined : JSON.stringify({ [key]: id });
}

/**
 * One JSON line for everything that a recipe can be asked about: every user, item or segment that the model has found.
 * `undefined` when the recipe is asked about something that cannot be listed.
 */
export function populationOf(loaded: LoadedModel): Iterable<Uint8Array> | undefined {
  const { descriptor, replica } = loaded;
  const users = (): Iterable<Uint8Array> =>
    idLines(replica.userCount, (user) => lineOf("userId", replica.userId(user)));
  const items = (): Iterable<Uint8Array> =>
    idLines(replica.itemCount, (item) => lineOf("itemId", replica.itemId(item)));
  switch (descriptor.type) {
    case "USER_PERSONALIZATION":
    case "POPULAR_ITEMS":
    case "PERSONALIZED_ACTIONS":
      return users();
    case "RELATED_ITEMS":
      return items();
    case "PERSONALIZED_RANKING":
      return undefined;
    case "USER_SEGMENTATION": {
      if (descriptor.segmentsBy === "item") return items();
      if (descriptor.segmentsBy === "attributes") return undefined;
      const work = loadedFor(loaded, "segments").model.segments();
      let step = work.next();
      while (step.done !== true) step = work.next();
      const found = step.value;
      return idLines(found.length, (at) => JSON.stringify({ segmentId: found[at]!.id }));
    }
  }
}
