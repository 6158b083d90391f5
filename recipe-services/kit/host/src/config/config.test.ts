import { describe, expect, it } from "vitest";
import { PalateError } from "../errors/palate-error.js";
import { choice, describeConfig, flag, integer, list, loadConfig, text } from "./config.js";

const spec = {
  listen: text("T_LISTEN", "127.0.0.1:1", "Where to listen."),
  workers: integer("T_WORKERS", 2, 1, 8, "Workers."),
  level: choice("T_LEVEL", ["low", "high"], "low", "Level."),
  on: flag("T_ON", false, "Whether."),
  folders: list("T_FOLDERS", "", "Folders."),
};

describe("loadConfig", () => {
  it("takes defaults for what is unset or empty", () => {
    expect(loadConfig(spec, { T_LISTEN: "" })).toEqual({
      listen: "127.0.0.1:1",
      workers: 2,
      level: "low",
      on: false,
      folders: [],
    });
  });

  it("converts values", () => {
    const config = loadConfig(spec, { T_WORKERS: "8", T_LEVEL: "high", T_ON: "true", T_FOLDERS: "/a, /b,," });
    expect(config).toMatchObject({ workers: 8, level: "high", on: true, folders: ["/a", "/b"] });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("reports every problem at once, by variable", () => {
    const load = () => loadConfig(spec, { T_WORKERS: "9", T_LEVEL: "mid", T_ON: "maybe" });
    expect(load).toThrow(PalateError);
    try {
      load();
    } catch (error) {
      expect((error as PalateError).details.violations?.map((violation) => violation.field)).toEqual([
        "T_WORKERS",
        "T_LEVEL",
        "T_ON",
      ]);
    }
  });

  it("describes every option with its meaning and default", () => {
    const described = describeConfig(spec);
    expect(described).toContain("# Workers. 1 to 8.\n# T_WORKERS=2\n");
    expect(described.match(/^# T_/gm)).toHaveLength(5);
  });
});
