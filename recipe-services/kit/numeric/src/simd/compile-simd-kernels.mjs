/** Compiles simd-kernels.wat into simd-kernels-binary.ts: `node compile-simd-kernels.mjs` after a change of the former. */
import { Buffer } from "node:buffer";
import { readFile, writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath, URL } from "node:url";
import wabt from "wabt";

const source = new URL("simd-kernels.wat", import.meta.url);
const target = new URL("simd-kernels-binary.ts", import.meta.url);

/** The text of simd-kernels-binary.ts for the present simd-kernels.wat. */
export async function compileSimdKernels() {
  const { parseWat } = await wabt();
  const module = parseWat("simd-kernels.wat", await readFile(source, "utf8"), { simd: true });
  module.validate({ simd: true });
  const { buffer } = module.toBinary({ canonicalize_lebs: true });
  module.destroy();
  const lines = Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,110}/g);
  return [
    "/** simd-kernels.wat, compiled by compile-simd-kernels.mjs. Do not edit. */",
    "export const SIMD_KERNELS_BASE64 = [",
    ...lines.map((line) => `  "${line}",`),
    '].join("");',
    "",
  ].join("\n");
}

if (argv[1] === fileURLToPath(import.meta.url)) await writeFile(target, await compileSimdKernels());
