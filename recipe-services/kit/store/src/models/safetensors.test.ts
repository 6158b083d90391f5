import { type NamedTensor, textsOf, textTensors } from "@palate/numeric";
import { describe, expect, test } from "vitest";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeArtifact, encodeArtifact } from "./artifact-file.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";

const tensors = new Map<string, NamedTensor>([
  ["flags", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 0, 255) }],
  ["weights", { dtype: "F32", shape: [2, 3], data: Float32Array.of(0.5, -1, 2, 3.25, NaN, -0) }],
  ["halves", { dtype: "F16", shape: [1, 1], data: Uint16Array.of(0x3c00) }],
  ["empty", { dtype: "F32", shape: [0, 7], data: new Float32Array(0) }],
  ["scalar", { dtype: "I32", shape: [], data: Int32Array.of(-7) }],
]);
const format = { name: "aws-sims", formatVersion: 3 };

/** A file with the given header, as it stands, and that many bytes of data. */
function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

describe("safetensors", () => {
  test("come back with every element type and shape, and the metadata", () => {
    const metadata = new Map([["license", "Apache-2.0 ✓"]]);
    const decoded = decodeSafetensors(Buffer.concat(encodeSafetensors({ tensors, metadata })));
    expect(new Map(decoded.tensors)).toEqual(tensors);
    expect(decoded.metadata).toEqual(metadata);
  });

  test("are views of the file's memory, and copies only where the memory is not aligned", () => {
    const file = Buffer.concat(encodeSafetensors({ tensors, metadata: new Map() }));
    const aligned = new Uint8Array(file);
    for (const tensor of decodeSafetensors(aligned).tensors.values()) expect(tensor.data.buffer).toBe(aligned.buffer);
    const shifted = new Uint8Array(file.length + 1).subarray(1);
    shifted.set(file);
    const decoded = decodeSafetensors(shifted).tensors;
    expect(decoded.get("weights")!.data).toEqual(tensors.get("weights")!.data);
    expect(decoded.get("weights")!.data.buffer).not.toBe(shifted.buffer);
    expect(decoded.get("flags")!.data.buffer).toBe(shifted.buffer);
  });

  test("are read by Python with struct and json alone", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "safetensors-"));
    try {
      const artifact = { tensors, metadata: { blend: [0.25, 0.75], name: "käse" } };
      writeFileSync(path.join(folder, "model"), Buffer.concat(encodeArtifact(artifact, format)));
      const program = `
import json, struct, sys
raw = open(sys.argv[1], "rb").read()
(length,) = struct.unpack("<Q", raw[:8])
header = json.loads(raw[8:8 + length])
data = raw[8 + length:]
begin, end = header["weights"]["data_offsets"]
ids = header["__metadata__"]
print(json.dumps([length % 8, header["weights"]["shape"], list(struct.unpack("<4f", data[begin:begin + 16])),
  list(data[slice(*header["flags"]["data_offsets"])]), json.loads(ids["blend"]), json.loads(ids["name"]),
  ids["palate.recipe"], ids["palate.format_version"]]))`;
      const printed = execFileSync("python3", ["-c", program, path.join(folder, "model")], { encoding: "utf8" });
      const expected = [0, [2, 3], [0.5, -1, 2, 3.25], [1, 0, 255], [0.25, 0.75], "käse", "aws-sims", "3"];
      expect(JSON.parse(printed)).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("written by others, header unpadded and tensors in any order, are read", () => {
    const f = { dtype: "F32", shape: [1], data_offsets: [1, 5] };
    const u = { dtype: "U8", shape: [1], data_offsets: [0, 1] };
    expect([...decodeSafetensors(fileOf({ f, u }, 5)).tensors.keys()].sort()).toEqual(["f", "u"]);
  });

  const f32 = (shape: unknown, offsets: unknown) => ({ dtype: "F32", shape, data_offsets: offsets });
  test.each([
    ["a file too short for a length", Uint8Array.of(1, 2), "it has 2 bytes"],
    ["a header longer than the file", Buffer.from("ffffffffffffff7f7b7d", "hex"), "its header would have"],
    ["a header that is not JSON", fileOf("{oops", 0), "not JSON"],
    ["a header that is not UTF-8", Buffer.from("0400000000000000c3287b7d", "hex"), "not JSON in UTF-8"],
    ["a header that is a list", fileOf([], 0), "not a JSON object"],
    ["an unknown element type", fileOf({ a: { dtype: "BF16", shape: [1], data_offsets: [0, 2] } }, 2), '"BF16"'],
    ["an inherited element type", fileOf({ a: { dtype: "toString", shape: [], data_offsets: [0, 0] } }, 0), "toString"],
    ["a negative length", fileOf({ a: f32([-1], [0, 4]) }, 4), "shape of tensor"],
    ["lengths whose product overflows", fileOf({ a: f32([2 ** 31, 2 ** 31, 4], [0, 0]) }, 0), "does not fit"],
    ["offsets past the end", fileOf({ a: f32([2], [0, 8]) }, 4), "end at byte"],
    ["offsets that go backwards", fileOf({ a: f32([0], [4, 0]) }, 4), "does not fit"],
    ["a gap", fileOf({ a: f32([1], [4, 8]) }, 8), "does not begin where"],
    ["an overlap", fileOf({ a: f32([1], [0, 4]), b: f32([1], [2, 6]) }, 6), "does not begin where"],
    ["bytes after the last tensor", fileOf({ a: f32([1], [0, 4]) }, 5), "end at byte"],
    ["metadata that is not text", fileOf({ __metadata__: { a: 1 } }, 0), '__metadata__ "a" is not a text'],
    ["a tensor that is no object", fileOf({ a: 5 }, 0), "element type"],
  ])("%s is refused", (_name, file, message) => {
    const decode = () => decodeSafetensors(file);
    expect(decode).toThrow(message);
    expect(decode).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  });

  test("a name that JavaScript objects have by themselves is a name like any other", () => {
    const odd = new Map<string, NamedTensor>([["__proto__", { dtype: "U8", shape: [1], data: Uint8Array.of(9) }]]);
    const decoded = decodeSafetensors(Buffer.concat(encodeSafetensors({ tensors: odd, metadata: new Map() })));
    expect(decoded.tensors.get("__proto__")!.data).toEqual(Uint8Array.of(9));
  });

  test("a tensor whose shape does not fit its data is not written", () => {
    const wrong = new Map<string, NamedTensor>([["w", { dtype: "F32", shape: [2], data: new Float32Array(3) }]]);
    expect(() => encodeSafetensors({ tensors: wrong, metadata: new Map() })).toThrow('Tensor "w": F32 [2]');
  });
});

describe("an artefact", () => {
  const artifact = { tensors, metadata: { blend: { a: [1, null, "x"] }, rows: 12 } };
  const file = Buffer.concat(encodeArtifact(artifact, format));

  test("comes back as it was", () => {
    const decoded = decodeArtifact(file, format);
    expect(decoded.metadata).toEqual(artifact.metadata);
    expect(new Map(decoded.tensors)).toEqual(tensors);
  });

  test("of another recipe, another format version, or none is refused by name", () => {
    const other = { ...format, formatVersion: 4 };
    expect(() => decodeArtifact(file, other)).toThrow(
      "The model was written by aws-sims in format 3; this service reads aws-sims in format 4.",
    );
    expect(() => decodeArtifact(file, { ...format, name: "aws-hrnn" })).toThrow("reads aws-hrnn in format 3");
    expect(() => decodeArtifact(fileOf({}, 0), format)).toThrow("written by an unknown recipe");
  });
});

describe("a list of texts", () => {
  test("comes back from two tensors, whatever the texts hold", () => {
    const texts = ["", "a", "Łódź", "💡 with spaces", "\u0000", ""];
    const stored = new Map(textTensors("itemIds", texts));
    expect(stored.get("itemIds.offsets")!.data).toEqual(Int32Array.of(0, 0, 1, 8, 24, 25, 25));
    expect(textsOf(stored, "itemIds")).toEqual(texts);
    const plain = new Map(textTensors("plain", ["item-1", "", "2"]));
    expect(plain.get("plain.offsets")!.data).toEqual(Int32Array.of(0, 6, 6, 7));
    expect(textsOf(plain, "plain")).toEqual(["item-1", "", "2"]);
    expect(textsOf(new Map(textTensors("none", [])), "none")).toEqual([]);
  });

  test("that is missing or damaged is refused", () => {
    const stored = new Map(textTensors("ids", ["ab", "c"]));
    expect(() => textsOf(stored, "names")).toThrow('no texts "names"');
    stored.set("ids.offsets", { dtype: "I32", shape: [3], data: Int32Array.of(0, 9, 3) });
    expect(() => textsOf(stored, "ids")).toThrow('Offset 0 of the texts "ids"');
  });
});
