import { describe, expect, it } from "vitest";
import { formatTraceparent, parseTraceparent } from "./trace-context.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

describe("W3C Trace Context", () => {
  it("reads the header, whether the trace is recorded or not", () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`, "a=1")).toEqual({
      ...{ traceId: TRACE, spanId: SPAN, sampled: false, traceState: "a=1" },
    });
  });

  it("reads later versions, which may have more fields", () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-03-more`)?.sampled).toBe(true);
  });

  it.each([
    ["nothing", undefined],
    ["words", "trace me"],
    ["an id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["capital letters", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["version ff", `ff-${TRACE}-${SPAN}-01`],
    ["more fields in version 00", `00-${TRACE}-${SPAN}-01-more`],
  ])("takes %s for no context", (_, header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it("writes what it reads", () => {
    const header = `00-${TRACE}-${SPAN}-01`;
    expect(formatTraceparent(parseTraceparent(header)!)).toBe(header);
  });
});
