import { describe, expect, it } from "vitest";
import { readEvent } from "./read-event.js";

const read = (event: unknown, number = 1) => readEvent({ number, text: JSON.stringify(event) });

describe("the event of a line", () => {
  it("has the API's fields, or an export's columns; other columns are properties", () => {
    const eventId = "e1";
    expect(read({ userId: "u1", itemId: "x1", eventValue: 2, eventId, properties: { PRICE: 3 } })).toEqual({
      ...{ userId: "u1", itemId: "x1", eventValue: 2, eventId, properties: { PRICE: 3 } },
    });
    const columns = { USER_ID: "u1", ITEM_ID: 12, TIMESTAMP: "1600000000", EVENT_ID: eventId };
    expect(read({ ...columns, IMPRESSION: "a|b", PRICE: 3, GENRE: null })).toEqual({
      ...{
        userId: "u1",
        itemId: "12",
        timestamp: 1_600_000_000,
        eventId,
        impression: ["a", "b"],
        properties: { PRICE: 3 },
      },
    });
  });

  it("has the same id each time it is read when it says when it happened, and another in another line", () => {
    const event = { userId: "u1", itemId: "x1", timestamp: 1_600_000_000 };
    expect(read(event).eventId).toBe(read(event).eventId);
    expect(read(event).eventId).not.toBe(read(event, 2).eventId);
  });

  it("that does not say when it happened is an event of its own each time", () => {
    const event = { userId: "u1", itemId: "x1" };
    expect(read(event).eventId).not.toBe(read(event).eventId);
  });

  it.each([
    ["text that is no JSON", "u1,x1", /no JSON/],
    ["a list", "[1]", /no JSON object/],
    ["a field that there is not", '{"userId":"u1","item":"x1"}', /"item" is no field.*itemId/],
    ["an event of nothing", '{"userId":"u1"}', /needs the item/],
    ["an event of nobody", '{"itemId":"x1"}', /needs "userId"/],
    ["an id that JSON cannot hold exactly", '{"userId":9007199254740993,"itemId":"x1"}', /"userId" must be text/],
  ])("%s is refused with what is right", (_what, text, message) => {
    expect(() => readEvent({ number: 1, text })).toThrow(message);
  });
});
