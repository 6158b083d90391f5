/** Reads single members out of a wheel (a zip archive) without unpacking the rest of it. */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { Buffer } from "node:buffer";
import { pipeline } from "node:stream/promises";
import { createInflateRaw, inflateRawSync } from "node:zlib";

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const CENTRAL_FILE_HEADER = 0x02014b50;
const DEFLATED = 8;

/**
 * Opens a wheel below 4 GiB (no zip64).
 * @returns `names` (every member), `text(name)` (a small member as UTF-8), `extract(name, target)` (streamed), `close()`
 */
export async function openWheel(path) {
  const file = await open(path);
  const members = await readCentralDirectory(file, path);

  /** Where the member's bytes start; the local header may be longer than the central one says. */
  async function dataStart(member) {
    const header = await read(file, member.offset, 30);
    return member.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  }
  function find(name) {
    const member = members.get(name);
    if (!member) throw new Error(`${path} has no member ${name}; is it the expected wheel?`);
    return member;
  }
  return {
    names: [...members.keys()],
    async text(name) {
      const member = find(name);
      const bytes = await read(file, await dataStart(member), member.size);
      return (member.method === DEFLATED ? inflateRawSync(bytes) : bytes).toString("utf8");
    },
    async extract(name, target) {
      const member = find(name);
      const start = await dataStart(member);
      await mkdir(dirname(target), { recursive: true });
      const source = createReadStream(path, { start, end: start + member.size - 1 });
      const steps = member.method === DEFLATED ? [source, createInflateRaw()] : [source];
      await pipeline(...steps, createWriteStream(target));
    },
    close: () => file.close(),
  };
}

async function readCentralDirectory(file, path) {
  const { size } = await file.stat();
  const tailLength = Math.min(size, 65_557);
  const tail = await read(file, size - tailLength, tailLength);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_CENTRAL_DIRECTORY) end--;
  if (end < 0) throw new Error(`${path} is not a zip archive, or is cut short; delete it and run again`);
  const directory = await read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const members = new Map();
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === CENTRAL_FILE_HEADER;) {
    const nameLength = directory.readUInt16LE(at + 28);
    members.set(directory.toString("utf8", at + 46, at + 46 + nameLength), {
      method: directory.readUInt16LE(at + 10),
      size: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

async function read(file, position, length) {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length)
    throw new Error(`expected ${length} bytes at ${position}, the file ends after ${bytesRead}`);
  return bytes;
}
