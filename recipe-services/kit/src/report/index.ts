/** Pages for people: one HTML file with tables and drawings that opens anywhere, without a network. */
export { barChart, type BarChart } from "./bar-chart.js";
export { Html, html, type HtmlValue } from "./html.js";
export { intervalBar, type Estimate } from "./interval-bar.js";
export { lineChart, type LineChart, type Series } from "./line-chart.js";
export { shortBytes, shortDuration, shortNumber, shortShare, ticks } from "./numbers.js";
export { renderPage, type Page, type Section } from "./page.js";
export { cards, facts, table, type TableColumn } from "./table.js";
