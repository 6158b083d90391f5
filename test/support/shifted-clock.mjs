/**
 * Loaded into a process before everything else, sets its clock: `Date` is off by the milliseconds that are in the file which
 * PALATE_TEST_CLOCK names, at every moment. Timers and `performance.now()` go on as they are, as they do when somebody sets a clock.
 */
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import process from "node:process";

const RealDate = globalThis.Date;
const file = process.env.PALATE_TEST_CLOCK;
let offset = 0;
let readAt = -Infinity;

function offsetMs() {
  if (performance.now() - readAt < 20) return offset;
  readAt = performance.now();
  try {
    offset = Number(readFileSync(file, "utf8")) || 0;
  } catch {
    offset = 0;
  }
  return offset;
}

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs());
    else super(...args);
  }
  static now() {
    return RealDate.now() + offsetMs();
  }
};
