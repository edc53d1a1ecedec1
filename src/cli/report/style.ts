/** The page's style: system fonts, one column on a phone, colours for light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --background: #fbfbfa; --surface: #ffffff; --text: #1d2127; --muted: #667080;
  --line: #e3e6ea; --accent: #2660c4; --second: #b4540a; --good: #1a7a46;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #14171b; --surface: #1c2026; --text: #e8eaed; --muted: #9aa4b2;
    --line: #313740; --accent: #7fb0ff; --second: #f0a060; --good: #5fca92;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--background); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 1040px; margin: 0 auto; padding: 40px 20px 56px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 1.15rem; margin: 44px 0 14px; }
h3 { font-size: 0.95rem; margin: 0 0 8px; overflow-wrap: anywhere; }
p { margin: 0 0 12px; }
.lead, figcaption, footer, .note { color: var(--muted); }
.lead { overflow-wrap: anywhere; }
.plain { margin-top: 20px; font-size: 1.15rem; line-height: 1.5; max-width: 46em; }
.plain strong { font-weight: 650; }
nav { margin-top: 22px; display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 0.9rem; }
a { color: var(--accent); text-underline-offset: 2px; }
.tiles, .plots, .people { display: grid; gap: 16px; }
.tiles { grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr)); margin-top: 24px; }
.plots { grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.people { grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
.tile, figure, .person, .table {
  background: var(--surface); border: 1px solid var(--line); border-radius: 10px; margin: 0;
}
.tile { padding: 14px 16px; }
.tile dt { color: var(--muted); font-size: 0.85rem; }
.tile dd { margin: 2px 0 0; font-size: 1.5rem; font-weight: 600; line-height: 1.25; }
.tile small { display: block; color: var(--muted); font-size: 0.85rem; font-weight: 400; }
.tile .good { color: var(--good); }
dl { margin: 0; }
figure { padding: 16px 16px 12px; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; overflow: visible; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 4px;
  padding: 0; font-size: 0.85rem; color: var(--muted); }
.legend li::before { content: ""; display: inline-block; width: 18px; height: 3px;
  border-radius: 2px; margin-right: 7px; vertical-align: middle; background: currentColor; }
.legend .line-0::before { background: var(--accent); }
.legend .line-1::before { background: var(--second); }
.legend .line-2::before { background: var(--muted); height: 2px; }
.legend li:empty { display: none; }
figcaption { font-size: 0.9rem; margin-top: 8px; }
figure [data-part$="grid"] { color: var(--line); stroke: var(--line); stroke-opacity: 1; }
figure [data-part$="tick label"], figure [data-part$="axis label"] { fill: var(--muted); }
figure [data-part$="tick"] { stroke: var(--line); }
.person { padding: 16px 18px; min-width: 0; }
.person h4 { font-size: 0.8rem; font-weight: 600; color: var(--muted); margin: 12px 0 4px; }
.person ol { list-style: none; margin: 0; padding: 0; }
.person li { display: flex; justify-content: space-between; gap: 14px; padding: 2px 0; }
.person li span:first-child { overflow-wrap: anywhere; min-width: 0; }
.person li span:last-child { font-variant-numeric: tabular-nums; color: var(--muted); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 9px 16px; text-align: right; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-size: 0.85rem; color: var(--muted); font-weight: 600; }
th:first-child { text-align: left; font-weight: 500; }
td { white-space: nowrap; }
.note { font-size: 0.9rem; margin: 10px 0 0; }
.table + .table, .note + .table, .plots + .table { margin-top: 16px; }
.grid td { text-align: center; min-width: 2.6em;
  background: color-mix(in srgb, var(--accent) calc(var(--strength) * 0.55), transparent); }
.grid td.wrong {
  background: color-mix(in srgb, var(--second) calc(var(--strength) * 0.55), transparent); }
.grid th { text-align: center; }
.mistakes { margin: 0; padding: 0; list-style: none; display: grid; gap: 10px; }
.mistakes li { background: var(--surface); border: 1px solid var(--line); border-radius: 10px;
  padding: 12px 16px; overflow-wrap: anywhere; }
.mistakes p { margin: 0; }
footer { margin-top: 48px; font-size: 0.85rem; overflow-wrap: anywhere; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.95em; }
@media (max-width: 480px) {
  main { padding: 28px 14px 40px; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 10px; }
  .tile { padding: 12px; }
  .plain { font-size: 1.05rem; }
  th, td, thead th { padding: 7px 6px; font-size: 0.82rem; }
  .grid th, .grid td, .grid thead th { padding: 7px 3px; font-size: 0.72rem; }
  th:first-child { padding-left: 12px; }
  th:last-child, td:last-child { padding-right: 12px; }
}
@media print { main { max-width: none; padding: 0; } figure, .person { break-inside: avoid; } }
`;
