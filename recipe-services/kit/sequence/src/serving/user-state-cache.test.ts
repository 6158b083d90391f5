import { describe, expect, it } from "vitest";
import { UserStateCache } from "./user-state-cache.js";

describe("UserStateCache", () => {
  it("computes a user's vector once for each version of the history", () => {
    const cache = new UserStateCache(10);
    let computed = 0;
    const state = (version: number) => cache.get(7, version, () => Float32Array.of(++computed));
    expect([state(1), state(1), state(2), state(2)].map((vector) => vector?.[0])).toEqual([1, 1, 2, 2]);
  });

  it("computes it again when the moment is another", () => {
    const cache = new UserStateCache(10);
    let computed = 0;
    const state = (moment: number) => cache.get(7, 1, () => Float32Array.of(++computed), moment);
    expect([state(1), state(1), state(2)].map((vector) => vector?.[0])).toEqual([1, 1, 2]);
  });

  it("keeps no more users than it may, the oldest going first", () => {
    const cache = new UserStateCache(2);
    const computed: number[] = [];
    const ask = (user: number) => cache.get(user, 1, () => void computed.push(user) as undefined);
    for (const user of [1, 2, 3, 3, 2, 1]) ask(user);
    expect(computed).toEqual([1, 2, 3, 1]);
  });
});
