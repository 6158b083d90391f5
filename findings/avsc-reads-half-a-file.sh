#!/usr/bin/env bash
# avsc 5.7.9, the usual reader of Avro object container files in Node.js: a file whose end is missing is read without an error. The
# decoder gives the rows of the blocks that are whole, then says "end", as it does for a file that is complete.
#
# One would guess that it refuses the file: every block says how many bytes it has and ends with a marker, so that a reader knows that
# bytes are missing. Whoever imports by it takes a broken download for the whole.
#
# Version and output seen (avsc 5.7.9, node v20.20.2): of a file of 1,000 rows, cut at
#   100 %: 1000 rows, no error    90 %: 892 rows, no error    50 %: 496 rows, no error    30 %: 298 rows, no error
#
# Needs node and npm. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >package.json <<'JSON'
{ "private": true, "type": "module" }
JSON
npm install --silent --no-audit --no-fund --save-exact avsc@5.7.9

cat >cut.js <<'JS'
import avro from "avsc";
import { once } from "node:events";
import { PassThrough } from "node:stream";

const type = avro.Type.forSchema({ type: "record", name: "Row", fields: [{ name: "id", type: "string" }] });
const encoder = new avro.streams.BlockEncoder(type, { blockSize: 200 });
const pieces = [];
encoder.on("data", (piece) => pieces.push(piece));
for (let row = 0; row < 1000; row++) encoder.write({ id: `user ${row}` });
encoder.end();
await once(encoder, "end");
const whole = Buffer.concat(pieces);

for (const percent of [100, 90, 50, 30]) {
  const stream = new PassThrough();
  const decoder = stream.pipe(new avro.streams.BlockDecoder());
  let rows = 0;
  decoder.on("data", () => rows++);
  const outcome = Promise.race([once(decoder, "end").then(() => "no error"), once(decoder, "error").then(([error]) => error.message)]);
  stream.end(whole.subarray(0, Math.floor((whole.length * percent) / 100)));
  const how = await outcome;
  console.log(`${percent} %: ${rows} rows, ${how}`);
}
JS

seen=$(node cut.js)
echo "$seen"
expected="100 %: 1000 rows, no error
90 %: 892 rows, no error
50 %: 496 rows, no error
30 %: 298 rows, no error"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: a file that was cut is no longer read as if it were whole." >&2
  exit 1
fi
