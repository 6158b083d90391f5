import type { TensorBackend } from "@palate/tensorflow";
import { checkpointShares } from "../optimisation/training-loop.js";
import { sameContext } from "../sequences/position-context.js";
import { itemCounts, type Sequences } from "../sequences/sequences.js";
import { bakeContent, type ContentPath } from "./bake-content.js";
import type { BodyKind } from "./mixer-parameters.js";
import { MixerScorer } from "./mixer-scorer.js";
import { NetworkPair, pairedPaths } from "./network-pair.js";
import type { NetworkScorer, StoredNetwork } from "./network-scorer.js";
import { trainMixer, type MixerOptions } from "./train-mixer.js";
import type { EarlierNetwork, MixerState } from "./training-state.js";
import type { ComputationOptions, ComputationProgress } from "../sequences/computation-options.js";

/** Which networks are trained: one of them, both, or what the backend allows. */
export type NetworkChoice = "auto" | "mixer" | "attention" | "both";

/** A network that is trained, one after the other. */
export interface NetworkStage {
  /** What mixes over time; undefined: position kernels. */
  readonly body: BodyKind | undefined;
  /** Of the time for all networks. */
  readonly share: number;
}

const MIXER: readonly NetworkStage[] = [{ body: undefined, share: 1 }];
const ATTENTION: readonly NetworkStage[] = [{ body: "attention", share: 1 }];
const BOTH: readonly NetworkStage[] = [
  { body: undefined, share: 0.5 },
  { body: "attention", share: 0.5 },
];
/**
 * Seconds of training, and so many per million interactions, from which on time is left for a second network: by then the first
 * has learned most of what it will.
 */
const LONG_SECONDS = { gpu: 180, native: 1200, wasm: 4800 } as const;

/**
 * The networks to train. `auto` is the mixer, which learns more per second on a processor, and within long budgets both.
 * @param seconds the budget of the whole training
 */
export function networkStages(
  choice: NetworkChoice,
  seconds: number,
  { items }: Sequences,
  { tf, name }: TensorBackend,
): readonly NetworkStage[] {
  if (choice === "both") return BOTH;
  if (choice === "attention") return ATTENTION;
  if (choice === "mixer") return MIXER;
  const gpu = (tf.backend() as { readonly isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
  return seconds >= LONG_SECONDS[gpu ? "gpu" : name] * Math.max(1, items.length / 1e6) ? BOTH : MIXER;
}

/** How the networks of a sequence model are trained. */
export interface NetworksPlan {
  readonly stages: readonly NetworkStage[];
  /** The time budget of all stages together; one that goes on has the time that is left of its own. */
  readonly seconds: number;
  readonly seed: number;
  /** Where an attempt before was ended, if it suits: see `suitableState`. */
  readonly resume?: MixerState | undefined;
  /** Networks to continue: each stage continues the one with its body. */
  readonly earlier: readonly EarlierNetwork[];
  /** Given the state of the training now and then. */
  readonly keep?: ((state: MixerState) => Promise<void>) | undefined;
}

/** What a stage has come to. */
export interface NetworksSnapshot {
  /** Optimiser steps, of all stages. */
  readonly steps: number;
  /** Of the stage's time; 1 at its end. */
  readonly fraction: number;
  /** The network, or it and the one before it together, ready to be asked, before the next step. */
  build(): TrainedNetworks;
}

/** A network, or two together. */
export interface TrainedNetworks {
  readonly scorer: NetworkScorer;
  /** How items that nobody had are known; undefined without metadata. */
  readonly path: ContentPath | undefined;
}

/** The state of an attempt before, where it is one of a network that is to be trained now. */
export function suitableState(
  state: MixerState | undefined,
  { itemCount }: Sequences,
  options: MixerOptions,
  stages: readonly NetworkStage[],
): MixerState | undefined {
  const { width, layers, kernels, length, context, content } = options;
  const fits =
    state &&
    state.shape.itemCount === itemCount &&
    state.shape.width === width &&
    state.shape.layers === layers &&
    state.shape.kernels === kernels &&
    state.shape.length === length &&
    state.shape.content === content?.width &&
    sameContext(state.shape.context, context) &&
    stages.some(({ body }, at) => body === state.shape.body && at > 0 === (state.before !== undefined));
  return fits ? state : undefined;
}

/**
 * Trains the networks of a sequence model one after the other, each for its share of the time. Yields what there is at every
 * checkpoint: the first network, then it and the second together.
 */
export async function* trainNetworks(
  backend: TensorBackend,
  sequences: Sequences,
  options: MixerOptions,
  { stages, seconds, seed, resume, earlier, keep }: NetworksPlan,
  computation: ComputationOptions = {},
): AsyncGenerator<NetworksSnapshot, void, void> {
  const { content } = options;
  const counts = itemCounts(sequences);
  const bake = (network: StoredNetwork): StoredNetwork & { readonly path?: ContentPath } =>
    content ? bakeContent(network.shape, network.parameters, content, counts) : network;
  let before = resume?.before;
  let [done, steps] = [0, 0];
  for (const { body, share } of stages) {
    const resumed = resume?.shape.body === body ? resume : undefined;
    const gone = done;
    done += share;
    // What an attempt before has finished is with its state.
    if (resume && !resumed && before && steps === 0) continue;
    const own = resumed?.seconds ?? share * seconds;
    const plan = {
      ...{ seconds: own, seed, checkpoints: checkpointShares(own), resume: resumed },
      earlier: earlier.find(({ shape }) => shape.body === body),
      keep: keep && ((state: MixerState) => keep({ ...state, ...(before && { before }) })),
    };
    const first = before && bake(before);
    const build = (network: StoredNetwork): TrainedNetworks => {
      const { shape, parameters, path } = bake(network);
      if (!first) return { scorer: new MixerScorer(shape, parameters), path };
      const scorer = new NetworkPair(first, { shape, parameters });
      return { scorer, path: path && first.path && pairedPaths(first.path, path) };
    };
    const report = computation.onProgress;
    const onProgress = (progress: ComputationProgress): void =>
      report?.({ ...progress, fraction: gone + share * progress.fraction });
    const ownHooks = share < 1 && report ? { ...computation, onProgress } : computation;
    let made = 0;
    for await (const snapshot of trainMixer(backend, sequences, { ...options, body }, plan, ownHooks)) {
      const { shape, fraction } = snapshot;
      made = snapshot.steps;
      let network: StoredNetwork | undefined;
      const finished = (): StoredNetwork => (network ??= { shape, parameters: snapshot.parameters() });
      yield { steps: steps + made, fraction, build: () => build(finished()) };
      if (fraction >= 1) before = finished();
    }
    steps += made;
  }
}
