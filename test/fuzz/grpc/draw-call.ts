import { Random } from "@palate/numeric";
import { chance, many, pick } from "../dialects/draw.js";
import type { Method } from "./contracts.js";
import { damagedBytes, Messages } from "./draw-message.js";

/** A call with the messages that it sends. */
export interface DrawnCall {
  readonly seed: number;
  readonly method: Method;
  readonly messages: readonly Uint8Array[];
}

/** What deletes, and what begins work of minutes, is told of nothing that exists, so that what others ask for stays. */
const SPARED = /^(Delete|Stop|Update|CreateSolutionVersion|CreateDataDeletionJob|CreateBatchJob)/;

/** Draws the call of a seed. */
export function drawCall(methods: readonly Method[], seed: number): DrawnCall {
  const random = new Random(seed);
  const method = pick(random, methods);
  const { input, methodKind, name } = method.descriptor;
  const count = methodKind === "client_streaming" || methodKind === "bidi_streaming" ? random.integer(4) : 1;
  const drawn = many(count, () => new Messages(random, !SPARED.test(name)).of(input));
  const damage = chance(random, 0.15);
  return { seed, method, messages: damage ? drawn.map((bytes) => damagedBytes(random, bytes)) : drawn };
}
