/** The report's style sheet: light and dark, wide and narrow, no web fonts. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fdfcf9;
  --card: #fff;
  --ink: #1d2127;
  --soft: #5d6672;
  --line: #e2ded5;
  --visual: 37 99 205;
  --acoustic: 205 110 10;
  --emotion: 130 70 190;
  --wrong: #c0262d;
  --good: #1b7a43;
  --quiet: 120 128 138;
  --serif: Charter,"Bitstream Charter","Iowan Old Style",Georgia,"DejaVu Serif",serif;
  --sans: system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;
}
.s0 { --system: #7b828c }
.s1 { --system: #0d8378 }
.s2 { --system: #b3124d }
.s3 { --system: #5f7a06 }
.s4 { --system: #6a35c9 }
.s5 { --system: #9a6700 }
.s6 { --system: #1264a3 }
.s7 { --system: #8a3d12 }
@media(prefers-color-scheme:dark){
  :root {
    --paper: #15171b;
    --card: #1c1f25;
    --ink: #e6e4de;
    --soft: #a0a7b2;
    --line: #32373f;
    --visual: 110 165 255;
    --acoustic: 255 170 70;
    --emotion: 196 150 255;
    --wrong: #ff7b7f;
    --good: #62cf8f;
    --quiet: 140 148 158;
  }
  .s0 { --system: #9aa2ad }
  .s1 { --system: #3fc5b6 }
  .s2 { --system: #ff6d9c }
  .s3 { --system: #a8c545 }
  .s4 { --system: #b091ff }
  .s5 { --system: #e2b13c }
  .s6 { --system: #62b3f5 }
  .s7 { --system: #e08b5a }
}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans) }
main { max-width: 1280px; margin: 0 auto; padding: 40px 24px 80px }
h1 { font: 600 1rem/1.3 var(--sans); letter-spacing: .02em; color: var(--soft); margin: 0 0 14px }
.question {
  font: 400 clamp(1.35rem,3.1vw,2.05rem)/1.28 var(--serif);
  margin: 0 0 14px;
  max-width: 34em;
  text-wrap: pretty;
}
.finding { font: 400 1.1rem/1.5 var(--serif); color: var(--soft); max-width: 44em; margin: 0 0 8px }
h2 { font: 600 1.45rem/1.25 var(--serif); margin: 56px 0 6px }
h3 { font: 600 1rem/1.3 var(--sans); margin: 28px 0 8px }
p.lead,p.note { color: var(--soft); max-width: 52em; margin: 0 0 16px; font-size: .95rem }
code { font: .85em ui-monospace,"DejaVu Sans Mono",monospace; overflow-wrap: anywhere }
a { color: inherit }
.scroll { overflow-x: auto; margin: 0 -8px; padding: 0 8px 6px }
table {
  border-collapse: collapse;
  font-variant-numeric: tabular-nums;
  font-size: .86rem;
  width: 100%;
}
table.narrow { width: auto }
th,td {
  padding: 7px 4px;
  text-align: right;
  vertical-align: top;
  border-bottom: 1px solid var(--line);
  white-space: nowrap;
}
th { font-weight: 600; vertical-align: bottom; font-size: .8rem }
th:first-child,td:first-child {
  text-align: left;
  position: sticky;
  left: 0;
  background: var(--paper);
  z-index: 1;
}
thead .group th {
  border-bottom: 0;
  color: var(--soft);
  font-weight: 500;
  font-size: .8rem;
  padding-bottom: 0;
  text-align: center;
}
thead .group th[colspan]:not(:first-child) { box-shadow: inset 10px 0 0 -9px var(--line) }
td .value { font-size: 1.05rem }
td .range { display: block; color: var(--soft); font-size: .74rem }
td svg { display: block; margin: 3px 0 0 auto }
.narrow th,.narrow td { padding: 4px 8px; vertical-align: middle }
.narrow .value { font-size: .95rem; display: inline-block; min-width: 3.2em }
.narrow .range { display: inline-block; min-width: 7.6em; margin-left: .4em }
.narrow svg { display: inline-block; margin: 0 6px 0 0; vertical-align: middle }
.name { font-weight: 600 }
.name::before,.key::before {
  content: "";
  display: inline-block;
  width: .68em;
  height: .68em;
  border-radius: 50%;
  background: var(--system);
  margin-right: .5em;
}
.name small {
  display: block;
  font-weight: 400;
  color: var(--soft);
  white-space: normal;
  max-width: 11em;
  min-width: 7.5em;
}
tr.ceiling td { border-top: 2px solid var(--line); background: var(--card) }
tr.ceiling .value { font-weight: 400; color: var(--soft) }
tr.floor td { color: var(--soft); font-size: .82rem }
.up { color: var(--good); font-weight: 600 }
.down { color: var(--wrong); font-weight: 600 }
.dir { color: var(--soft); font-weight: 400 }
.hash { font-size: .85rem; color: var(--soft); margin: 10px 0 0 }
th.about { text-align: left }
td.about {
  white-space: normal;
  text-align: left;
  color: var(--soft);
  min-width: 18em;
  font-size: .82rem;
}
details { margin: 18px 0; border-top: 1px solid var(--line); padding-top: 10px }
summary { cursor: pointer; font-weight: 600; font-size: .95rem }
pre {
  overflow: auto;
  font: .8rem/1.5 ui-monospace,"DejaVu Sans Mono",monospace;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 6px;
  padding: 12px;
  max-height: 28em;
}
.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 6px 20px;
  font-size: .88rem;
  color: var(--soft);
  margin: 0 0 14px;
  padding: 0;
  list-style: none;
}
.charts {
  display: grid;
  grid-template-columns: repeat(auto-fill,minmax(min(100%,330px),1fr));
  gap: 26px 28px;
}
figure { margin: 0 }
figcaption { font-size: .85rem; color: var(--soft); margin: 0 0 4px }
figcaption b { color: var(--ink); font-size: .95rem; display: block }
.chart { width: 100%; height: auto; display: block; touch-action: pan-y }
.chart text { fill: var(--soft); font: 11px var(--sans); font-variant-numeric: tabular-nums }
.chart .axis { stroke: var(--line) }
.chart .zero { stroke: var(--soft); stroke-dasharray: 2 3; opacity: .6 }
.chart path { fill: none; stroke: var(--system); stroke-linejoin: round }
.chart .raw { opacity: .25; stroke-width: 1 }
.chart .smooth { stroke-width: 1.9 }
.chart .rule { stroke: var(--soft); opacity: 0 }
.chart.on .rule { opacity: .7 }
.clip {
  display: grid;
  grid-template-columns: 250px minmax(0,1fr);
  gap: 10px 30px;
  padding: 26px 0;
  border-top: 1px solid var(--line);
}
.clip video {
  width: 100%;
  aspect-ratio: 1;
  object-fit: contain;
  background: #000;
  border-radius: 8px;
  image-rendering: auto;
}
.clip h3 { margin: 0 0 8px }
.facts {
  font-size: .85rem;
  color: var(--soft);
  margin: 10px 0 0;
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 1px 12px;
}
.facts dd { margin: 0; color: var(--ink) }
.cues { font: 400 .9rem/1.9 var(--serif); margin: 10px 0 0 }
.cues b { font: 500 .85rem var(--sans); color: var(--soft); display: block }
.said { margin: 0 0 18px }
.said h4 { margin: 0 0 2px; font: 600 .9rem/1.4 var(--sans) }
.said h4 small { font-weight: 400; color: var(--soft); margin-left: .7em }
.text { font: 400 1.02rem/2.15 var(--serif); margin: 0; overflow-wrap: anywhere }
.tag {
  color: var(--soft);
  font: .72em ui-monospace,"DejaVu Sans Mono",monospace;
  opacity: .8;
  margin: 0 3px;
}
mark { color: inherit; background: rgb(var(--m)/.14); border-radius: 4px; padding: 3px 2px }
.visual { --m: var(--visual) }
.acoustic { --m: var(--acoustic) }
.emotion { --m: var(--emotion) }
mark.false,mark.cross-modal { outline: 1.5px solid var(--wrong); outline-offset: -1px }
mark.unreadable,mark.unmatched { outline: 1.5px dotted var(--soft) }
mark.matched .sign { color: var(--good) }
mark.unmatched .sign { color: var(--soft) }
table.recovered { width: auto; margin: 0 0 14px }
.recovered th,.recovered td { padding: 3px 12px 3px 0; text-align: center; border-bottom-color: transparent }
.recovered th:first-child,.recovered td:first-child { text-align: left; white-space: normal }
.recovered mark { font: 400 .95rem/1.6 var(--serif) }
.recovered .up { font-weight: 700 }
.missed { color: var(--soft) }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
ul.bars,ul.habit { list-style: none; padding: 0; margin: 0 0 18px }
ul.bars { columns: 3 16em; font-size: .88rem }
ul.bars li { display: flex; gap: .6em; align-items: center; break-inside: avoid }
ul.bars span { width: 8em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
ul.bars i { height: .6em; border-radius: 2px; background: rgb(var(--emotion)/.45) }
ul.remarks { color: var(--soft); font-size: .92rem; max-width: 60em; padding-left: 1.2em }
ul.habit li { margin: 3px 0 }
.clip audio { width: 100% }
.sign { font: 600 .78em var(--sans); color: var(--wrong); margin: 0 1px 0 3px }
mark.unreadable .sign { color: var(--soft) }
.answer { font-weight: 600 }
.answer.right { color: var(--good) }
.answer.miss { color: var(--wrong) }
.tok {
  padding-bottom: 9px;
  background: linear-gradient(rgb(var(--cv,var(--visual))/var(--v)) 0 0) 0 calc(100% - 4px)/100% 3px no-repeat,linear-gradient(rgb(var(--ca,var(--acoustic))/var(--a)) 0 0) 0 100%/100% 3px no-repeat;
  cursor: default;
}
.tok.nv { --cv: var(--quiet) }
.tok.na { --ca: var(--quiet) }
.tok:hover { color: rgb(var(--visual)) }
.strip {
  display: inline-block;
  width: 2.2em;
  height: 4px;
  border-radius: 1px;
  vertical-align: middle;
  margin-right: .5em;
  background: rgb(var(--m));
}
.quiet { --m: var(--quiet) }
#tip {
  position: fixed;
  z-index: 9;
  pointer-events: none;
  background: var(--ink);
  color: var(--paper);
  font: .78rem/1.45 var(--sans);
  font-variant-numeric: tabular-nums;
  padding: 6px 9px;
  border-radius: 6px;
  white-space: pre;
  opacity: 0;
  transition: opacity .1s;
  max-width: 90vw;
}
#tip.on { opacity: 1 }
.columns { columns: 2 26em; column-gap: 40px }
.columns p,.columns dl { break-inside: avoid }
.columns>* { margin-top: 0 }
.columns h3:not(:first-child) { margin-top: 22px }
dl.pairs {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 2px 16px;
  font-size: .88rem;
  margin: 0;
}
dl.pairs dt { color: var(--soft) }
dl.pairs dd { margin: 0; overflow-wrap: anywhere }
@media(max-width:720px){
  main { padding: 24px 16px 60px }
  .clip { grid-template-columns: 1fr }
  .clip video { max-width: 280px }
  th,td { padding: 6px 7px }
  h2 { margin-top: 40px }
  .name small { display: none }
}
@media print{
  .clip,figure { break-inside: avoid }
}
`;
