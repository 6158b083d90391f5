import { describe, expect, it } from "vitest";
import { samplerNamed } from "./sampler.js";

const parent = (sampled: boolean) => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), sampled });
/** A trace's id, of which the last 56 bits decide. */
const traceWith = (last: string) => `4bf92f3577b34da6a3${last}`;

describe("samplers", () => {
  it("follow the caller where they are parentbased, and decide themselves where there is none", () => {
    const off = samplerNamed("parentbased_always_off", 1);
    expect([off("1", parent(true)), off("1", parent(false)), off("1", undefined)]).toEqual([true, false, false]);
    const on = samplerNamed("parentbased_always_on", 1);
    expect([on("1", parent(true)), on("1", parent(false)), on("1", undefined)]).toEqual([true, false, true]);
    expect(samplerNamed("always_on", 1)("1", parent(false))).toBe(true);
    expect(samplerNamed("always_off", 1)("1", parent(true))).toBe(false);
  });

  it("take a share of the traces, the same ones everywhere: those with the largest random part", () => {
    const quarter = samplerNamed("parentbased_traceidratio", 0.25);
    expect(quarter(traceWith("c0000000000000"), undefined)).toBe(true);
    expect(quarter(traceWith("bfffffff000000"), undefined)).toBe(false);
    expect(samplerNamed("traceidratio", 0)(traceWith("ffffffffffffff"), undefined)).toBe(false);
    expect(samplerNamed("traceidratio", 1)(traceWith("00000000000000"), undefined)).toBe(true);
  });
});
