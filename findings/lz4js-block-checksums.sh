#!/usr/bin/env bash
# lz4js 0.2.0: frames whose blocks have checksums unpack to other bytes, without an error. polars writes such frames into Arrow files.
#
# One would guess that a decoder of LZ4 frames either knows the flag for checksums of blocks or refuses it. lz4js knows it, and passes
# over four bytes in front of each block, where the format has the checksum behind the block: so it takes the checksum's place for data.
# The numbers of a column of an Arrow file come out as others.
#
# Version and output seen (lz4js 0.2.0, node v20.20.2; the frame is one that polars 2.1.0 wrote: 19 bytes of text, not compressed):
#   lz4js  19 bytes: 61696420226869222c207477696365cd7ccc31
#   right  19 bytes: 4865207361696420226869222c207477696365
#
# Needs node and npm. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >package.json <<'JSON'
{ "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund --save-exact lz4js@0.2.0

cat >unpack.js <<'JS'
import { decompress } from "lz4js";

const text = Buffer.from('He said "hi", twice');
// A frame with checksums of its blocks (0x10), independent blocks (0x40) and a checksum of the whole (0x04), as polars writes it.
const frame = Buffer.from("04224d185440ae130000804865207361696420226869222c207477696365cd7ccc3100000000cd7ccc31", "hex");
console.log(`${text.length} bytes: ${Buffer.from(decompress(frame)).toString("hex")}`);
console.log(`${text.length} bytes: ${text.toString("hex")}`);
JS

seen=$(node unpack.js)
echo "$seen"
expected="19 bytes: 61696420226869222c207477696365cd7ccc31
19 bytes: 4865207361696420226869222c207477696365"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: lz4js reads checksums of blocks, or reads them wrongly in another way." >&2
  exit 1
fi
