import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Span } from "./span.js";
import { activeSpan, inSpan, keepingSpan, setTracing, startServerSpan, traced, traceparentOf } from "./tracer.js";

let ended: Span[] = [];
const byName = (name: string): Span => ended.find((span) => span.name === name)!;
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  ended = [];
  setTracing({ sampler: () => true, ended: (span) => ended.push(span) });
});
afterEach(() => setTracing(undefined));

describe("spans", () => {
  it("are children of the one in which they begin, across waiting and side by side", async () => {
    const request = async (name: string) => {
      await inSpan(
        startServerSpan(name, () => undefined),
        async () => {
          await turn();
          await traced(`${name} first`, turn);
          traced(`${name} second`, () => activeSpan());
        },
      );
    };
    await Promise.all([request("a"), request("b")]);
    for (const name of ["a", "b"]) {
      const parent = byName(name);
      expect(byName(`${name} first`)).toMatchObject({ traceId: parent.traceId, parentId: parent.spanId });
      expect(byName(`${name} second`)).toMatchObject({ traceId: parent.traceId, parentId: parent.spanId });
    }
    expect(byName("a").traceId).not.toBe(byName("b").traceId);
    expect(activeSpan()).toBeUndefined();
  });

  it("end with the kind of what was thrown in them, at once and later", async () => {
    const start = () => startServerSpan("x", () => undefined);
    expect(() =>
      inSpan(start(), () => {
        throw new Error("now");
      }),
    ).toThrow("now");
    await expect(inSpan(start(), () => Promise.reject(new Error("later")))).rejects.toThrow("later");
    expect(ended.map(({ failure }) => failure)).toEqual(["Error", "Error"]);
    expect(activeSpan()).toBeUndefined();
  });

  it("are kept by functions that somebody else calls", async () => {
    let called: (() => void) | undefined;
    await inSpan(
      startServerSpan("x", () => undefined),
      async () => {
        called = keepingSpan(() => traced("kept", () => {}));
        await turn();
        queueMicrotask(called);
        await turn();
      },
    );
    expect(byName("kept").parentId).toBe(byName("x").spanId);
  });

  it("tell callees that a trace is not recorded, and nothing where none are", () => {
    setTracing({ sampler: () => false, ended: () => {} });
    expect(startServerSpan("x", () => undefined)).toBeUndefined();
    expect(traceparentOf(undefined)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    setTracing(undefined);
    expect(traceparentOf(undefined)).toBeUndefined();
  });
});
