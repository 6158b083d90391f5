import type { ContentEncoder, ContentMap } from "@palate/features";
import { contentMapOf, type ItemContent } from "./item-content.js";
import { parameterSlots, type MixerShape } from "./mixer-parameters.js";

/** How an item without interactions gets a vector and a bias in a trained network. */
export interface ContentPath {
  /** Reads its metadata. */
  readonly encoder: ContentEncoder;
  /** Maps the encoded metadata to a vector. */
  readonly map: ContentMap;
  /** Its bias: that of rare items. */
  readonly bias: number;
}

/** A trained network whose item vectors include their metadata. */
export interface BakedNetwork {
  readonly shape: MixerShape;
  readonly parameters: Float32Array;
  readonly path: ContentPath;
}

/** The rarest items, as a share of those with interactions, whose mean bias new items get. */
const RAREST_SHARE = 0.2;

/**
 * Adds the projected metadata to the item vectors once, so that serving need not. Items without interactions get the vector of
 * their metadata alone and the bias of rare items.
 * @param counts interactions of each item
 */
export function bakeContent(
  shape: MixerShape,
  parameters: Float32Array,
  content: ItemContent,
  counts: Int32Array,
): BakedNetwork {
  const { itemCount, width } = shape;
  const from = new Map(parameterSlots(shape).map((slot) => [slot.name, slot]));
  const partOf = (name: string): Float32Array => {
    const { offset, size } = from.get(name)!;
    return parameters.subarray(offset, offset + size);
  };
  const { content: _, ...plain } = shape;
  const slots = parameterSlots(plain);
  const last = slots.at(-1)!;
  const baked = new Float32Array(last.offset + last.size);
  for (const { name, offset } of slots) baked.set(partOf(name), offset);

  const projection = partOf("projection");
  const items = baked.subarray(0, itemCount * width);
  for (let item = 0; item < itemCount; item++) {
    const to = item * width;
    if (counts[item] === 0) items.fill(0, to, to + width);
    for (let f = 0; f < content.width; f++) {
      const value = content.features[item * content.width + f]!;
      if (value === 0) continue;
      for (let c = 0; c < width; c++) items[to + c]! += value * projection[f * width + c]!;
    }
  }
  const biasSlot = slots.find(({ name }) => name === "bias")!;
  const biases = baked.subarray(biasSlot.offset, biasSlot.offset + itemCount);
  const bias = rareBias(biases, counts);
  for (let item = 0; item < itemCount; item++) if (counts[item] === 0) biases[item] = bias;
  const path = { encoder: content.encoder, map: contentMapOf(content, projection), bias };
  return { shape: plain, parameters: baked, path };
}

function rareBias(biases: Float32Array, counts: Int32Array): number {
  const seen = Array.from(counts.keys()).filter((item) => counts[item]! > 0);
  seen.sort((a, b) => counts[a]! - counts[b]!);
  const rare = seen.slice(0, Math.max(1, Math.ceil(RAREST_SHARE * seen.length)));
  return rare.reduce((sum, item) => sum + biases[item]!, 0) / Math.max(1, rare.length);
}
