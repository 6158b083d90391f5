import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Gives back at once what nothing refers to any more: tens of milliseconds. For the moment after something large, a model,
 * say, was replaced; left to itself the engine may keep several old ones beside the new one for minutes.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
