/** What the benchmark page adds to the report's style sheet. */
export const benchmarkStyle = `
section > .scroll + .scroll { margin-top: 22px }
th small.metric { display: block; font-weight: 400; color: var(--soft) }
td.none { color: var(--soft); font-size: .8rem }
.flaw { display: block; color: var(--wrong); font-size: .78rem }
.warning { color: var(--wrong); font-weight: 600; font-size: .95rem; margin: 0 0 10px }
tr.published td { color: var(--soft); font-size: .82rem }
tr.published small { display: block; max-width: 22em; white-space: normal; font-size: .72rem }
.panels {
  display: grid;
  grid-template-columns: repeat(auto-fill,minmax(min(100%,290px),1fr));
  gap: 22px 28px;
  margin: 26px 0 10px;
}
.bars { width: 100%; height: auto; display: block }
.bars text { fill: var(--soft); font: 10px var(--sans); font-variant-numeric: tabular-nums }
.bars .number { fill: var(--ink); font-size: 11px }
.bars .axis { stroke: var(--line) }
.bars .bar { fill: var(--system); opacity: .38 }
.bars .interval { stroke: var(--system); stroke-width: 2.4 }
.protocol { font-size: .88rem; margin: 22px 0 0 }
.protocol h3 { margin-top: 0 }
.protocol h4 { margin: 14px 0 4px; font: 600 .9rem var(--sans) }
.protocol ul { margin: 6px 0; padding-left: 1.2em; color: var(--soft) }
`;
