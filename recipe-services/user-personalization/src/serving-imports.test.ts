import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = `
  import { createRequire } from "node:module";
  await import("@palate/service");
  await import("@palate/user-personalization");
  const { loadTensorBackend } = await import("@palate/tensorflow");
  const cache = createRequire(import.meta.url).cache;
  const loaded = () => Object.keys(cache).filter((path) => path.includes("@tensorflow"));
  const serving = loaded();
  await loadTensorBackend({ prefer: "wasm" });
  console.log(JSON.stringify({ serving, training: loaded() }));
`;

it("serving loads nothing of TensorFlow.js, and training on WebAssembly its core, once, and that backend alone", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", SCRIPT], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  const { serving, training } = JSON.parse(stdout) as { serving: string[]; training: string[] };
  expect(serving).toEqual([]);
  expect(training.map((path) => String(/@tensorflow[\\/]([^\\/]+)/.exec(path)?.[1])).sort()).toEqual([
    "tfjs-backend-wasm",
    "tfjs-core",
  ]);
});
