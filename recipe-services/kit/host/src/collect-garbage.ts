import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Runs a garbage collection now, which takes tens of milliseconds. For the moment after something large, such as a model, was
 * replaced: otherwise the engine may keep several old ones in memory for minutes.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
