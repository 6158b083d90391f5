/**
 * Makes the Online Retail sample in `online-retail/` from a folder that holds the whole cleaned data set as
 * `interactions.csv.gz`, `items.csv.gz` and `users.csv.gz` (columns as named below). The same source gives the same rows.
 *
 *     node infra/local/sample/make-sample.mjs <source folder>
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import console from "node:console";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

/** Customers with fewer purchase lines say little; those with more are wholesalers who buy the whole catalogue. */
const LINES_PER_CUSTOMER = { fewest: 10, most: 300 };

const source = process.argv[2];
if (!source) {
  console.error("usage: node infra/local/sample/make-sample.mjs <folder with interactions, items and users .csv.gz>");
  process.exit(2);
}
const target = join(dirname(fileURLToPath(import.meta.url)), "online-retail");

/** Rows of a CSV file as objects. Fields may be quoted, and quotes inside them doubled; no field holds a line break. */
function readCsv(name) {
  const [header, ...lines] = gunzipSync(readFileSync(join(source, name)))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const columns = header.split(",");
  return lines.map((line) => {
    const fields = line.includes('"') ? splitQuoted(line) : line.split(",");
    return Object.fromEntries(columns.map((column, i) => [column, fields[i]]));
  });
}

function splitQuoted(line) {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
}

function writeCsv(name, columns, rows) {
  const quote = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = rows.map((row) => columns.map((column) => quote(row[column])).join(","));
  const bytes = gzipSync(`${columns.join(",")}\n${lines.join("\n")}\n`, { level: 9 });
  writeFileSync(join(target, name), bytes);
  console.log(`${name}: ${rows.length} rows, ${bytes.length} bytes`);
}

/** "SET 3 RETROSPOT  TEA" becomes "Set 3 retrospot tea": the source writes every product in capitals. */
function readable(description) {
  const text = description
    .trim()
    .replace(/\s+/g, " ")
    .replace(/\s+([,.])/g, "$1")
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const products = readCsv("items.csv.gz").filter((item) => item.KIND === "product");
const productIds = new Set(products.map((item) => item.ITEM_ID));

// A line that equals another in every column, invoice and quantity included, is dropped as an exact duplicate.
const seen = new Set();
const purchases = readCsv("interactions.csv.gz").filter((row) => {
  const key = Object.values(row).join(",");
  if (!productIds.has(row.ITEM_ID) || seen.has(key)) return false;
  seen.add(key);
  return true;
});

const lines = new Map();
for (const { USER_ID } of purchases) lines.set(USER_ID, (lines.get(USER_ID) ?? 0) + 1);
const { fewest, most } = LINES_PER_CUSTOMER;
const interactions = purchases.filter((row) => lines.get(row.USER_ID) >= fewest && lines.get(row.USER_ID) <= most);
const soldIds = new Set(interactions.map((row) => row.ITEM_ID));
const customerIds = new Set(interactions.map((row) => row.USER_ID));

const items = products
  .filter((item) => soldIds.has(item.ITEM_ID))
  .map((item) => ({ ...item, DESCRIPTION: readable(item.DESCRIPTION) }));
const users = readCsv("users.csv.gz").filter((user) => customerIds.has(user.USER_ID));

mkdirSync(target, { recursive: true });
writeCsv("interactions.csv.gz", ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"], interactions);
writeCsv("items.csv.gz", ["ITEM_ID", "DESCRIPTION", "PRICE", "CREATION_TIMESTAMP"], items);
writeCsv("users.csv.gz", ["USER_ID", "COUNTRY"], users);
