#!/usr/bin/env bash
# polars 2.1.0: write_avro gives the record of a file the name "", which the format does not allow; Apache's readers refuse such files.
#
# One would guess that a data frame written as Avro can be read by any reader of Avro. The specification wants a name of letters, digits
# and underscores for every record. write_avro has a parameter for it, whose default is an empty text. fastavro and polars itself do not
# look at the name; Apache's libraries for Python and JavaScript and avsc do, and do not get to the rows.
#
# Version and output seen (polars 2.1.0, fastavro 1.13.1, avro 1.12.1, Python 3.11.7; avsc 5.7.9, avro-js 1.12.1, node v20.20.2):
#   fastavro [{'user': 'a', 'clicks': 1}]
#   avro refuses: Named Schemas must have a non-empty name.
#   avsc refuses: invalid name: ""
#   avro-js refuses: missing name property in schema
#
# Needs Python 3.11 with venv, node and npm. Fails when what it sees is different.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 fastavro==1.13.1 avro==1.12.1
cat >package.json <<'JSON'
{ "private": true }
JSON
npm install --silent --no-audit --no-fund --save-exact avsc@5.7.9 avro-js@1.12.1

cat >write.py <<'PY'
import avro.datafile, avro.io, fastavro, polars

polars.DataFrame({"user": ["a"], "clicks": [1]}).write_avro("clicks.avro")
with open("clicks.avro", "rb") as file:
    print("fastavro", list(fastavro.reader(file)))
with open("clicks.avro", "rb") as file:
    try:
        print("avro", list(avro.datafile.DataFileReader(file, avro.io.DatumReader())))
    except avro.errors.SchemaParseException as error:
        print("avro refuses:", error)
PY
cat >read.js <<'JS'
for (const name of ["avsc", "avro-js"]) {
  try {
    require(name)
      .createFileDecoder("clicks.avro")
      .on("error", (error) => console.log(`${name} refuses: ${error.message.split(":").slice(0, name === "avsc" ? 2 : 1).join(":")}`))
      .on("data", (row) => console.log(name, JSON.stringify(row)));
  } catch (error) {
    console.log(`${name} refuses: ${error.message}`);
  }
}
JS

seen=$(venv/bin/python write.py && node read.js)
echo "$seen"
expected="fastavro [{'user': 'a', 'clicks': 1}]
avro refuses: Named Schemas must have a non-empty name.
avsc refuses: invalid name: \"\"
avro-js refuses: missing name property in schema"
if [ "$seen" != "$expected" ]; then
  echo "This has changed: polars names the record, or a reader takes it without a name." >&2
  exit 1
fi
