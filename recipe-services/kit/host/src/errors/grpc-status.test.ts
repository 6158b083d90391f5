import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { fromGrpcError, GRPC_STATUS, toGrpcStatus } from "./grpc-status.js";
import { ERROR_CODES, invalidArgument, notFound, PalateError } from "./palate-error.js";

/** What a client gets when a server sends this status. */
function received(sent: ReturnType<typeof toGrpcStatus>): ServiceError {
  return Object.assign(new Error(`${sent.code} ${sent.details}`), {
    code: sent.code,
    details: sent.details,
    metadata: sent.metadata as Metadata,
  });
}

describe("errors over gRPC", () => {
  it.each(ERROR_CODES)("%s arrives as it was thrown", (code) => {
    const arrived = fromGrpcError(
      received(toGrpcStatus(new PalateError(code, "what, where, and what would be right"))),
    );
    expect(arrived.code).toBe(code);
    expect(arrived.message).toBe("what, where, and what would be right");
  });

  it("gives every code a status of its own", () => {
    expect(new Set(Object.values(GRPC_STATUS)).size).toBe(ERROR_CODES.length);
  });

  it("carries every violation, also with letters beyond ASCII", () => {
    const violations = [
      { field: "a", message: "größer als 3" },
      { field: "b", message: "is missing" },
    ];
    const arrived = fromGrpcError(received(toGrpcStatus(invalidArgument("two problems", violations))));
    expect(arrived.details.violations).toEqual(violations);
  });

  it.each([
    ["a long name", notFound("dataset group", "g".repeat(100_000))],
    ["a long message", invalidArgument(`There is ${"x".repeat(100_000)}.`)],
    ["letters that are long on the wire", invalidArgument(`"${"漢字🎨".repeat(40)}" ${"größer ".repeat(300)}`)],
    ["half a character", invalidArgument(`"${"a".repeat(99)}${"🎨".slice(0, 1)}" is not a name`)],
    [
      "many violations",
      invalidArgument(
        "Many are wrong.",
        Array.from({ length: 20_000 }, (_, at) => ({
          field: `events[${at}].properties`,
          message: "größer als 3".repeat(9),
        })),
      ),
    ],
    ["long violations", invalidArgument("Wrong.", [{ field: "f".repeat(100_000), message: "m".repeat(100_000) }])],
  ])("fits into the 8 KiB of headers that every client takes: %s", (_, error) => {
    const sent = toGrpcStatus(error);
    const headers = Object.entries({ ...sent.metadata!.toHttp2Headers(), "grpc-message": encodeURI(sent.details) });
    const bytes = headers.flatMap(([name, values]) =>
      [values].flat().map((value) => 32 + name.length + String(value).length),
    );
    expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(7_800);
    const arrived = fromGrpcError(received(sent));
    expect(arrived.message.slice(0, 9)).toBe(error.message.slice(0, 9));
    expect(arrived.details.violations?.[0]?.field.slice(0, 9)).toBe(error.details.violations?.[0]?.field.slice(0, 9));
  });

  it("masks what was not thrown on purpose", () => {
    const sent = toGrpcStatus(new TypeError("password is hunter2"));
    expect(sent.code).toBe(status.INTERNAL);
    expect(sent.details).not.toContain("hunter2");
  });

  it("says of a failed connection that it may be tried again", () => {
    const error = Object.assign(new Error("14 UNAVAILABLE"), {
      code: status.UNAVAILABLE,
      details: "No connection",
      metadata: new Metadata(),
    });
    expect(fromGrpcError(error).retryable).toBe(true);
    expect(new PalateError("not_found", "x").retryable).toBe(false);
  });
});
