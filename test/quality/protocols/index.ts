import type { Protocol } from "../protocol.js";
import { actionsProtocol } from "./actions.js";
import { amazon } from "./amazon.js";
import { coldHalfProtocol } from "./cold-half.js";
import { coldSimilar } from "./cold-similar.js";
import { explorationProtocol } from "./exploration.js";
import { hpo } from "./hpo.js";
import { lastTenth } from "./last-tenth.js";
import { leaveOneOutProtocol } from "./leave-one-out.js";
import { plantedBursts } from "./planted-bursts.js";
import { plantedClusters } from "./planted-clusters.js";
import { rank99 } from "./rank-99.js";
import { retrain } from "./retrain.js";
import { segments } from "./segments.js";
import { temporal } from "./temporal.js";

/** Every protocol. A new one is a file beside this and a line here. */
export const PROTOCOLS: readonly Protocol[] = [
  leaveOneOutProtocol,
  temporal,
  amazon,
  lastTenth,
  coldHalfProtocol,
  explorationProtocol,
  coldSimilar,
  rank99,
  hpo,
  retrain,
  segments,
  plantedBursts,
  plantedClusters,
  actionsProtocol,
];

/**
 * A protocol by its name.
 * @throws Error naming the known ones
 */
export function protocolNamed(name: string): Protocol {
  const found = PROTOCOLS.find((protocol) => protocol.name === name);
  if (found !== undefined) return found;
  throw new Error(`--protocol ${name}: must be one of ${PROTOCOLS.map((protocol) => protocol.name).join(", ")}.`);
}
