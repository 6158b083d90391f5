import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { palate } from "./palate-command.js";

// Each test starts several processes.
vi.setConfig({ testTimeout: 180_000 });

/** An address at which nobody listens. */
const NOBODY = "http://127.0.0.1:9";

describe("a command line that is not right", () => {
  it.each([
    ["an unknown command", ["recomend"], /unknown command 'recomend'.*Did you mean recommend/s],
    ["an unknown option", ["status", "--jsn"], /unknown option '--jsn'.*Did you mean --json/s],
    ["a missing argument", ["import", "-t", "items"], /missing required argument 'files'/],
    ["a number that is none", ["recommend", "u1", "-n", "many"], /'many' is invalid.*whole number above 0/],
    ["a type that there is not", ["import", "x.csv", "-t", "films"], /must be one of interactions, items, users/],
    ["an address that is none", ["status", "--url", "ftp://x"], /must be an address such as http:/],
  ])("%s ends with 2 and says what is right", async (_what, args, message) => {
    const { code, stdout, stderr } = await palate(args, { url: NOBODY });
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("a gateway that is down", () => {
  it("ends a command with 3 at once, with the address and what to do", async () => {
    const { code, stdout, stderr } = await palate(["status"], { url: NOBODY });
    expect(stderr).toContain(`The gateway at ${NOBODY} does not answer`);
    expect(stderr).toContain("npm start");
    expect([code, stdout]).toEqual([3, ""]);
  });

  it("is told to programs as the document", async () => {
    const { code, stdout } = await palate(["status", "--json"], { url: NOBODY });
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "UNREACHABLE", problems: [] } });
  });

  it("that takes connections and never answers is waited for as long as --timeout says", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { code, stderr } = await palate(["status", "--timeout", "0.3"], { url });
      expect(stderr).toContain("no answer within 0.3 s");
      expect(code).toBe(3);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("and is another server is named as such", async () => {
    const server = createServer((_request, response) => response.end("<html>hello</html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { code, stderr } = await palate(["status"], {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      });
      expect(stderr).toContain("is no gateway of Palate");
      expect(code).toBe(3);
    } finally {
      server.close();
    }
  });
});

describe("help", () => {
  it("has every command, the exit codes and the environment", async () => {
    const { code, stdout } = await palate(["--help"]);
    for (const word of ["import", "recommend", "status", "completion", "130", "PALATE_URL", "NO_COLOR"])
      expect(stdout).toContain(word);
    expect(code).toBe(0);
  });

  it.each(["bash", "zsh", "fish"])("completion for %s is a script that asks palate", async (shell) => {
    const { code, stdout } = await palate(["completion", shell]);
    expect(stdout).toContain("palate complete --");
    expect(code).toBe(0);
  });

  it("completes commands and options", async () => {
    const commands = await palate(["complete", "--", "re"]);
    expect(commands.stdout).toContain("recommend");
    const options = await palate(["complete", "--", "import", "--inc"]);
    expect(options.stdout).toContain("--incremental");
  });
});
