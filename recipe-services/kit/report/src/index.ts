/** Pages for people: one HTML file with tables and drawings that opens anywhere, without a network. */
export { barChart } from "./bar-chart.js";
export { Html, type HtmlValue, html } from "./html.js";
export { intervalBar } from "./interval-bar.js";
export { lineChart } from "./line-chart.js";
export { shortBytes, shortDuration, shortNumber, shortShare } from "./numbers.js";
export { type Section, renderPage } from "./page.js";
export { cards, facts, table } from "./table.js";
