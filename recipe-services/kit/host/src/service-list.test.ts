import { describe, expect, it } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PalateError } from "./errors/palate-error.js";
import { defaultAddressOf, parseServices, serviceNamed, SERVICES } from "./service-list.js";

const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));

const line = (fields: object) => ({ name: "one", role: "recipe", folder: "services/one", port: 1, ...fields });
const parse = (...lines: unknown[]) => parseServices(JSON.stringify(lines), "list.json");

describe("the list of services", () => {
  it("has a line for every folder with a program beside the kit, and a folder for every line", () => {
    const beside = readdirSync(path.join(REPOSITORY, "recipe-services"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== "kit")
      .map(({ name }) => `recipe-services/${name}`);
    expect(SERVICES.map(({ folder }) => folder).sort()).toEqual(["gateway", ...beside].sort());
    for (const { name, folder } of SERVICES) {
      const manifest = JSON.parse(readFileSync(path.join(REPOSITORY, folder, "package.json"), "utf8")) as object;
      expect(manifest).toMatchObject({ name: `@palate/${name}` });
      expect(readdirSync(path.join(REPOSITORY, folder, "src"))).toContain("main.ts");
    }
  });

  it("has one owner of the data and one door", () => {
    expect(SERVICES.filter(({ role }) => role === "datasets").map(({ name }) => name)).toEqual(["datasets"]);
    expect(SERVICES.filter(({ role }) => role === "gateway").map(({ name }) => name)).toEqual(["gateway"]);
  });

  it("finds a service by name and says where it listens", () => {
    expect(defaultAddressOf(serviceNamed("datasets"))).toBe("127.0.0.1:4100");
    expect(() => serviceNamed("no-such-service")).toThrow(
      /no service "no-such-service" in recipe-services\/services.json.*gateway/,
    );
  });
});

describe("a list with mistakes", () => {
  it("is refused with every mistake and its place", () => {
    const read = () => parse(line({}), line({ name: "Two", port: 0, colour: "red" }), 3);
    expect(read).toThrow(PalateError);
    expect(read).toThrow(
      'list.json: [1].name is "Two"; right is small letters, digits and "-"; [1].port is 0; right is a number, 1 to ' +
        "65535; [1].colour is no field of a service; [2] must be an object.",
    );
  });

  it("is refused when two services share a port, naming the one that has it", () => {
    expect(() => parse(line({}), line({ name: "two", folder: "services/two" }))).toThrow(
      'list.json: [1].port 1 is taken by "one".',
    );
  });

  it("is refused when it is no list", () => {
    expect(() => parseServices("{}", "list.json")).toThrow("list.json must be a list of services");
    expect(() => parseServices("[", "list.json")).toThrow(/list.json is not JSON/);
  });
});
