import type { Tensor1D, Tensor2D, TensorBackend } from "@palate/tensorflow";
import { expect } from "vitest";
import type { MixerNetwork } from "../src/network/mixer-network.js";
import type { MixerScorer } from "../src/network/mixer-scorer.js";
import type { PositionInputs } from "../src/network/network-input.js";
import type { UserHistory } from "../src/sequences/user-history.js";

/** Expects a scorer's state and logits after a history to be those of the network at the last position of its inputs. */
export function expectServedAs(
  { tf }: TensorBackend,
  { network, parameters, inputs }: { network: MixerNetwork; parameters: Float32Array; inputs: PositionInputs },
  scorer: MixerScorer,
  { history, now }: { history: UserHistory; now: number },
): void {
  const states = network.states(tf.tensor1d(parameters), inputs);
  const state = tf.gather(states, tf.tensor1d([inputs.length - 1], "int32")) as Tensor2D;
  const items = network.view(tf.tensor1d(parameters), "items") as Tensor2D;
  const bias = network.view(tf.tensor1d(parameters), "bias") as Tensor1D;
  const logits = tf.add(tf.matMul(state, items, false, true), bias).dataSync();

  const served = scorer.userState(history, now);
  const out = new Float32Array(scorer.shape.itemCount);
  scorer.logitsInto(served, out);
  state.dataSync().forEach((value, at) => expect(Math.abs(served[at]! - value)).toBeLessThan(1e-4));
  logits.forEach((value, at) => expect(Math.abs(out[at]! - value)).toBeLessThan(1e-4));
}
