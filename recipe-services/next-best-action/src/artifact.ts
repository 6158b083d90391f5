import { invalidArgument } from "@palate/host";
import { tensorOf, type NamedTensor } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import type { Calibration } from "./calibration.js";
import { layoutOf, type FeatureSpace } from "./feature-space.js";
import type { Fitted } from "./fit.js";
import type { Factors } from "./model.js";
import type { Settings } from "./recipe.js";

/** A model with everything that serving needs. */
export interface ActionModel extends Fitted {
  /** Whether each action of the space has enough events for a propensity: 1 or 0. */
  readonly supported: Uint8Array;
  /** How actions are ordered and explored, and the period within which they must be taken. */
  readonly serving: Pick<Settings, "explorationWeight" | "ordering" | "periodSeconds">;
}

type Step = "expectation" | "factors";

/** The part of the artefact that is not tensors. */
interface Metadata {
  readonly space: FeatureSpace;
  readonly rate: number;
  /** Rank and bias of the two steps. */
  readonly shapes: Readonly<Record<Step, Pick<Factors, "rank" | "bias">>>;
  readonly calibration: Calibration;
  readonly serving: ActionModel["serving"];
}

const shapeOf = ({ rank, bias }: Factors): Pick<Factors, "rank" | "bias"> => ({ rank, bias });

/**
 * The model as an artefact: tensors "expectation.weights", "expectation.vectors", "factors.weights" and "factors.vectors"
 * (F32, by feature), "rates" (F32) and "supported" (U8), both by action of the space; metadata "space", "rate", "shapes",
 * "calibration" and "serving".
 */
export function toArtifact(model: ActionModel): Artifact {
  const { space, rate, rates, supported, calibration, serving, expectation, factors } = model;
  const shapes = { expectation: shapeOf(expectation), factors: shapeOf(factors) };
  const metadata: Metadata = { space, rate, shapes, calibration, serving };
  const tensors = new Map<string, NamedTensor>([
    ["rates", { dtype: "F32", shape: [rates.length], data: rates }],
    ["supported", { dtype: "U8", shape: [supported.length], data: supported }],
  ]);
  for (const [step, { weights, vectors, rank }] of Object.entries({ expectation, factors })) {
    tensors.set(`${step}.weights`, { dtype: "F32", shape: [weights.length], data: weights });
    tensors.set(`${step}.vectors`, { dtype: "F32", shape: [weights.length, rank], data: vectors });
  }
  return { tensors, metadata: { ...metadata } };
}

/**
 * Reads the model back.
 * @throws PalateError `invalid_argument` when something is missing or does not fit
 */
export function fromArtifact({ tensors, metadata }: Artifact): ActionModel {
  try {
    const { space, rate, shapes, calibration, serving } = metadata as unknown as Metadata;
    const rates = tensorOf(tensors, "rates", "F32").data;
    const supported = tensorOf(tensors, "supported", "U8").data;
    const { size } = layoutOf(space);
    const factorsOf = (step: Step): Factors => {
      const { rank, bias } = shapes[step];
      const weights = tensorOf(tensors, `${step}.weights`, "F32").data;
      const vectors = tensorOf(tensors, `${step}.vectors`, "F32").data;
      if (weights.length === size && vectors.length === size * rank && Number.isFinite(bias))
        return { weights, vectors, rank, bias };
      throw new Error(`The tensors of its step "${step}" do not fit one another.`);
    };
    const complete = rates.length === space.actions.length && supported.length === space.actions.length;
    const numbers = [rate, calibration.slope, calibration.intercept, serving.explorationWeight, serving.periodSeconds];
    if (!complete || !numbers.every(Number.isFinite)) throw new Error("Its actions and their figures do not fit.");
    const [expectation, factors] = [factorsOf("expectation"), factorsOf("factors")];
    return { space, rate, rates, supported, calibration, serving, expectation, factors };
  } catch (error) {
    throw invalidArgument(`The artefact is not a model of aws-next-best-action: ${(error as Error).message}`);
  }
}
