import { invalidArgument } from "@palate/host";
import type { Artifact } from "@palate/recipe";
import type { RiseOptions } from "./model.js";

/**
 * The model as an artefact: metadata "intervalSeconds", "minimumSupport" and "minimumRise", and the tensor "dispersion"
 * (F32, one element). It does not grow with the data: counts are kept live.
 */
export function toArtifact({ intervalSeconds, minimumSupport, minimumRise, dispersion }: RiseOptions): Artifact {
  const data = Float32Array.of(dispersion);
  return {
    tensors: new Map([["dispersion", { dtype: "F32", shape: [1], data }]]),
    metadata: { intervalSeconds, minimumSupport, minimumRise },
  };
}

/**
 * Reads the model back.
 * @throws PalateError `invalid_argument` naming what is missing or out of range
 */
export function fromArtifact({ tensors, metadata }: Artifact): RiseOptions {
  const number = (name: string, minimum: number): number => {
    const value = metadata[name];
    if (typeof value === "number" && value >= minimum && Number.isFinite(value)) return value;
    throw invalidArgument(`The model's "${name}" must be a number from ${minimum}, not ${JSON.stringify(value)}.`);
  };
  const dispersion = tensors.get("dispersion")?.data;
  if (!(dispersion instanceof Float32Array) || !(dispersion[0]! >= 0))
    throw invalidArgument(`The model needs a tensor "dispersion" (F32) with one element from 0.`);
  return {
    intervalSeconds: number("intervalSeconds", 60),
    minimumSupport: number("minimumSupport", 1),
    minimumRise: number("minimumRise", 1),
    dispersion: dispersion[0]!,
  };
}
