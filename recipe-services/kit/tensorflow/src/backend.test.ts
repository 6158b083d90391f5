import { describe, expect, it } from "vitest";
import { loadTensorBackend } from "./backend.js";
import type { TensorBackend } from "./tensor-backend.js";

const native = await loadTensorBackend({ prefer: "native" }).catch(() => undefined);

describe.each(["wasm", "native"] as const)("%s", (name) => {
  const load = (): Promise<TensorBackend> => loadTensorBackend({ prefer: name });

  it.runIf(name === "wasm" || native)(
    "multiplies with every transposition, and adds rows up by number: the derivative of a row look-up",
    async () => {
      const backend = await load();
      expect(backend.name).toBe(name);
      const { tf } = backend;
      const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      const b = tf.tensor2d([1, 0, 2, -1, 1, 0], [3, 2]);
      const expected = [8, -2, 20, -5];
      for (const [ta, tb] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]) {
        const product = tf.matMul(ta ? tf.transpose(a) : a, tb ? tf.transpose(b) : b, ta, tb);
        expect([...product.dataSync()]).toEqual(expected);
      }
      const rows = tf.tensor2d([1, 1, 2, 2, 3, 3], [3, 2]);
      const sums = tf.unsortedSegmentSum(rows, tf.tensor1d([2, 0, 2], "int32"), 3);
      expect([...sums.dataSync()]).toEqual([2, 2, 0, 0, 4, 4]);
    },
  );
});

it("takes the native backend when its addon loads, else WebAssembly", async () => {
  const { name, version } = await loadTensorBackend();
  expect(name).toBe(native ? "native" : "wasm");
  expect(version).toMatch(/4\.22\.0/);
});
