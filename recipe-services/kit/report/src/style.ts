/** Styles of every page. Colours of series can be distinguished with colour blindness (Okabe and Ito 2008). */
export const STYLE = `
:root { --page: #fafaf8; --panel: #ffffff; --ink: #1d2129; --soft: #5c6470; --line: #dfe2e6; --accent: #0060a8;
  --good: #10704a; --bad: #b3361b; --warn-page: #fff6df; --warn-line: #e3bf62;
  --s0: #0072b2; --s1: #d97f00; --s2: #009e73; --s3: #b8508f; --s4: #56a5d6; --s5: #8a6d00; }
@media (prefers-color-scheme: dark) { :root { --page: #14171b; --panel: #1c2026; --ink: #e8eaed; --soft: #a2abb6; --line: #343a43; --accent: #7fbdf0;
  --good: #58c795; --bad: #ff9077; --warn-page: #332b16; --warn-line: #7a6426;
  --s0: #5db2ee; --s1: #f2a944; --s2: #3fc79f; --s3: #e58dc0; --s4: #9ad0f5; --s5: #d8c25a; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.2rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 0 0 .3rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
p { margin: .4rem 0; }
a { color: var(--accent); }
code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.subtitle, .lead, footer, .note, .soft { color: var(--soft); }
.lead { max-width: 48rem; }
nav { margin: .9rem 0 0; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .92rem; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
section, .notice { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: 1.2rem 1.4rem; margin: 1.3rem 0; }
.notice { background: var(--warn-page); border-color: var(--warn-line); padding: .8rem 1.4rem; } .notice ul { margin: .3rem 0; padding-left: 1.2rem; }
.pill { display: inline-block; padding: .05rem .6rem; border: 1px solid var(--line); border-radius: 99px; font-size: .85rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .9rem; margin: 1.3rem 0; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; display: flex; flex-direction: column; }
.card .name { font-size: .85rem; color: var(--soft); } .card strong { font-size: 1.6rem; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; } .card .note { font-size: .85rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1.2rem 1.6rem; align-items: start; }
.scroll { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; } .narrow table { width: auto; } .narrow th, .narrow td { padding-right: 1.8rem; } td:first-child { min-width: 9rem; } td code { white-space: nowrap; }
th, td { text-align: left; padding: .38rem .7rem .38rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; } tbody tr:last-child td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } td .small { display: block; max-width: 26rem; font-size: .82rem; color: var(--soft); }
.good { color: var(--good); } .bad { color: var(--bad); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .1rem 1.6rem; margin: .6rem 0; }
.facts div { border-bottom: 1px solid var(--line); padding: .35rem 0; } .facts dt { font-size: .85rem; color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
figure { margin: .6rem 0; } .chart { width: 100%; max-width: 36rem; height: auto; display: block; }
.chart text { fill: var(--soft); font-size: 12px; } .chart text.label, .chart text.group { fill: var(--ink); }
.chart .grid { stroke: var(--line); } .chart .tick, .base { stroke: var(--soft); } .chart .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
.chart line.level { stroke: var(--soft); stroke-dasharray: 5 4; stroke-width: 1.5; } .chart .area { stroke: none; opacity: .14; }
.s0 { fill: var(--s0); stroke: var(--s0); } .s1 { fill: var(--s1); stroke: var(--s1); } .s2 { fill: var(--s2); stroke: var(--s2); }
.s3 { fill: var(--s3); stroke: var(--s3); } .s4 { fill: var(--s4); stroke: var(--s4); } .s5 { fill: var(--s5); stroke: var(--s5); }
.interval { display: block; } .interval line { stroke-width: 2.2; } .interval .base { stroke-width: 1; opacity: .5; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .2rem 0 0; font-size: .88rem; color: var(--soft); }
.swatch { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin-right: .4em; vertical-align: -.05em; }
.swatch.s0 { background: var(--s0); } .swatch.s1 { background: var(--s1); } .swatch.s2 { background: var(--s2); }
.swatch.s3 { background: var(--s3); } .swatch.s4 { background: var(--s4); } .swatch.s5 { background: var(--s5); }
footer { padding-bottom: 2.5rem; font-size: .9rem; }
@media print { body { background: #fff; } nav { display: none; } section { break-inside: avoid; } }
`;
