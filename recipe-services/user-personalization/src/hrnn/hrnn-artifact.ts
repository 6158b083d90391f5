import { ContentEncoder } from "@palate/features";
import { invalidArgument } from "@palate/host";
import { textsOf, textTensors, tensorOf, type NamedTensor, type NamedTensors } from "@palate/numeric";
import type { Artifact } from "@palate/recipe";
import { ridgeFromTensors, ridgeMetadata, type RidgeMetadata } from "@palate/sequence";
import { gruSize, gruSlots, type GruShape } from "../gru/gru-parameters.js";
import { GruScorer } from "../gru/gru-scorer.js";
import { HrnnModel, networkFeatures, type HrnnBlend } from "./hrnn-model.js";
import { ContentTower, FACTOR_DIMENSIONS } from "./content-tower.js";

/** A trained model with the external ids of its items. */
export interface IdentifiedHrnn {
  readonly itemIds: readonly string[];
  readonly model: HrnnModel;
  /** How users' metadata becomes features, where it takes part. */
  readonly users?: ContentEncoder | undefined;
  /** What the recipe added. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What a stored model says about itself beside its tensors; plain JSON. */
interface HrnnMetadata {
  readonly itemCount: number;
  readonly blend: HrnnBlend;
  /** The model's `inverseTemperature`, under the name that stored models have it by. */
  readonly sharpness: number;
  readonly ridge: RidgeMetadata;
  readonly gru?: GruShape;
  readonly taste: boolean;
  readonly users: boolean;
}

/**
 * The model as an artefact: tensors "itemIds.*" (texts), "counts", "ridge.*", "gru.*" once there is a network, "taste.*" and
 * "content" (where items stand by their metadata) and "users.*" where metadata takes part.
 */
export function toHrnnArtifact({ itemIds, model, users, settings }: IdentifiedHrnn): Artifact {
  const { itemCount, counts, ridge, gru, taste, content, blend, inverseTemperature } = model.parts;
  const tensors: NamedTensors = new Map([...textTensors("itemIds", itemIds), ...ridge.toTensors()]);
  tensors.set("counts", { dtype: "I32", shape: [itemCount], data: counts });
  if (gru) {
    for (const { name, shape, offset, size } of gruSlots(gru.shape)) {
      const data = gru.parameters.subarray(offset, offset + size);
      tensors.set(`gru.${name}`, { dtype: "F32", shape, data });
    }
  }
  if (taste && content) {
    for (const [name, tensor] of taste.toTensors()) tensors.set(name, tensor);
    tensors.set("content", { dtype: "F32", shape: [itemCount, FACTOR_DIMENSIONS], data: content });
  }
  for (const [name, tensor] of users?.toTensors("users") ?? []) tensors.set(name, tensor);
  const metadata: HrnnMetadata = {
    itemCount,
    blend,
    sharpness: inverseTemperature,
    ridge: ridgeMetadata(ridge),
    ...(gru && { gru: gru.shape }),
    taste: taste !== undefined,
    users: users !== undefined,
  };
  return { tensors, metadata: { hrnn: metadata, ...settings } };
}

/**
 * Reads a model back.
 * @throws PalateError `invalid_argument` when a tensor is missing or does not fit the others
 */
export function fromHrnnArtifact({ tensors, metadata }: Artifact): IdentifiedHrnn {
  const { hrnn, ...settings } = metadata;
  const itemIds = textsOf(tensors, "itemIds");
  const own = hrnn as HrnnMetadata | undefined;
  if (own?.itemCount !== itemIds.length) {
    throw invalidArgument(
      `The model's metadata "hrnn" speaks of ${own?.itemCount ?? "no"} items, its ids of ${itemIds.length}.`,
    );
  }
  try {
    const { itemCount, blend, sharpness } = own;
    const taste = own.taste ? ContentTower.fromTensors(tensors) : undefined;
    const content = taste && tensorOf(tensors, "content", "F32").data;
    const features = taste && content && networkFeatures(taste, content, itemCount);
    const model = new HrnnModel({
      itemCount,
      counts: tensorOf(tensors, "counts", "I32").data,
      ridge: ridgeFromTensors(tensors, own.ridge),
      gru: own.gru && gruFrom(tensors, own.gru, features),
      taste,
      content,
      blend,
      inverseTemperature: sharpness,
    });
    return { itemIds, model, users: own.users ? ContentEncoder.fromTensors(tensors, "users") : undefined, settings };
  } catch (error) {
    throw invalidArgument(`The model cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function gruFrom(
  tensors: ReadonlyMap<string, NamedTensor>,
  shape: GruShape,
  features: Float32Array | undefined,
): GruScorer {
  const parameters = new Float32Array(gruSize(shape));
  for (const { name, offset } of gruSlots(shape)) parameters.set(tensorOf(tensors, `gru.${name}`, "F32").data, offset);
  return new GruScorer(shape, parameters, features);
}
