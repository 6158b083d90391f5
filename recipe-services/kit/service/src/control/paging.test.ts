import { describe, expect, it } from "vitest";
import { checkName, recipeName } from "./names.js";
import { page } from "./paging.js";

describe("page", () => {
  const rows = ["a", "b", "c", "d", "e"];
  it("walks a list once from start to end", () => {
    const walked: string[] = [];
    let token = "";
    do {
      const next = page(rows, (row) => row, 2, token);
      walked.push(...next.rows);
      token = next.nextPageToken;
    } while (token !== "");
    expect(walked).toEqual(rows);
  });
  it("refuses a token that no page gave", () => {
    expect(() => page(rows, (row) => row, 2, "xyz")).toThrow("page_token");
  });
});

describe("names", () => {
  it("accepts what Amazon Personalize accepts", () => {
    for (const name of ["a", "0-_x", "A".repeat(63)]) expect(() => checkName("name", name)).not.toThrow();
    for (const name of ["", "-a", "a b", "a|b", "ä", "A".repeat(64)])
      expect(() => checkName("name", name)).toThrow("is not a name");
  });
  it("reads a recipe's ARN", () => {
    expect(recipeName("arn:aws:personalize:::recipe/aws-sims")).toBe("aws-sims");
    expect(recipeName("aws-sims")).toBe("aws-sims");
  });
});
