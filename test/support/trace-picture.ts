import type { ReceivedSpan } from "./otlp-receiver.js";

const WIDTH = 900;
const ROW = 24;
const LEFT = 330;
const RIGHT = 90;
const TOP = 34;
/** Pixels that a span is at least wide, so that it is seen. */
const LEAST = 2;
const COLOURS = ["#3b7dd8", "#c2661c", "#2f9e5f", "#8a5cc4"];

interface Row {
  readonly span: ReceivedSpan;
  readonly depth: number;
}

const nanos = (text: string): number => Number(BigInt(text) % 1_000_000_000_000_000n);
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Spans in the order in which a tree of them is read: each before its children, those by when they begin. */
function rowsOf(spans: readonly ReceivedSpan[], parent: string | undefined, depth: number): Row[] {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === parent);
  children.sort((a, b) => nanos(a.startTimeUnixNano) - nanos(b.startTimeUnixNano));
  return children.flatMap((span) => [{ span, depth }, ...rowsOf(spans, span.spanId, depth + 1)]);
}

/** A recorded trace as a waterfall: one row a span, as long as it took. An SVG that is readable on light and on dark pages. */
export function drawTrace(spans: readonly ReceivedSpan[]): string {
  const rows = rowsOf(spans, undefined, 0);
  const begin = Math.min(...spans.map((span) => nanos(span.startTimeUnixNano)));
  const end = Math.max(...spans.map((span) => nanos(span.endTimeUnixNano)));
  const scale = (WIDTH - LEFT - RIGHT) / (end - begin);
  const services = [...new Set(rows.map(({ span }) => span.service))];
  const colourOf = (service: string): string => COLOURS[services.indexOf(service) % COLOURS.length]!;
  const parts = rows.map(({ span, depth }, row) => {
    const from = nanos(span.startTimeUnixNano);
    const to = nanos(span.endTimeUnixNano);
    const x = LEFT + (from - begin) * scale;
    const width = Math.max(LEAST, (to - from) * scale);
    const y = TOP + row * ROW;
    const name = span.name.replace(/^palate\.\w+\.v1\./, "");
    const milliseconds = `${((to - from) / 1e6).toFixed(2)} ms`;
    return [
      `<text x="${10 + depth * 12}" y="${y + 15}">${escaped(name)}</text>`,
      `<rect x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="${ROW - 9}" rx="2" fill="${colourOf(span.service)}"/>`,
      `<text x="${(x + width + 6).toFixed(1)}" y="${y + 15}" class="time">${milliseconds}</text>`,
    ].join("");
  });
  const legend = services.map(
    (service, index) =>
      `<rect x="${LEFT + index * 190}" y="8" width="12" height="12" rx="2" fill="${colourOf(service)}"/><text x="${LEFT + 18 + index * 190}" y="18">${service}</text>`,
  );
  const height = TOP + rows.length * ROW + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="The spans of one recommendation, from the HTTP request to the model's scan">`,
    "<style>text{font:12px system-ui,sans-serif;fill:#24292f}.time{fill:#57606a}@media(prefers-color-scheme:dark){text{fill:#e6edf3}.time{fill:#9da7b1}}</style>",
    ...legend,
    ...parts,
    "</svg>",
    "",
  ].join("\n");
}
