/** What the page of an inspection has besides the report's style sheet. */
export const inspectStyle = `
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; padding: 0; margin: 0 0 8px }
:focus-visible { outline: 3px solid rgb(var(--visual)); outline-offset: 2px; border-radius: 3px }
td code { display: block; color: var(--soft); white-space: normal }
#ways td[colspan] { padding-left: 24px; text-align: left }
#ways td:first-child,#problems td:first-child { white-space: normal; min-width: 16em; position: static }
#ways td,#problems td { padding-right: 14px }
td.about p { margin: 0 }
meter { width: 9em; height: 12px; vertical-align: middle }
meter::-webkit-meter-optimum-value { background: var(--soft) }
meter::-webkit-meter-bar { background: var(--line); border: 0 }
meter::-moz-meter-bar { background: var(--soft) }
.bar { text-align: left }
.names { margin: 0; padding: 0; list-style: none }
.names a { color: var(--ink) }
.weight { display: inline-block; width: 1.3em; font-weight: 700 }
.stop .weight { color: var(--wrong) }
.counted { display: grid; grid-template-columns: repeat(auto-fill,minmax(min(100%,19em),1fr)); gap: 26px 30px; align-items: start }
.counts { overflow-x: auto }
.counts th { white-space: normal; max-width: 15em; font-weight: 400; font-size: .86rem; vertical-align: middle }
.counts meter { width: 7em }
.filter { margin: 0 0 18px; font-size: .95rem }
.filter select { font: inherit; padding: 4px 8px; max-width: 100% }
.sheet { display: grid; grid-template-columns: repeat(auto-fill,minmax(min(100%,270px),1fr)); gap: 18px }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; scroll-margin: 12px; min-width: 0 }
.card:target { border-color: var(--ink) }
.card h3 { margin: 8px 0 2px; overflow-wrap: anywhere }
.card[hidden] { display: none }
.shots { display: grid; grid-template-columns: repeat(3,1fr); gap: 3px; background: #000; border-radius: 5px; overflow: hidden; height: 84px }
.shots img { width: 100%; height: 84px; object-fit: contain; display: block }
.shots .none { grid-column: 1/-1; color: #fff; margin: auto; font-size: .9rem }
.remarks { color: var(--soft); font-size: .95rem; margin: 0 0 14px; padding-left: 1.2em }
.timeline { display: block; width: 100%; height: 44px; margin: 6px 0 0 }
.timeline .film { fill: rgb(var(--visual)) }
.timeline .axis { stroke: var(--line) }
.timeline .wave { stroke: rgb(var(--acoustic)); fill: none }
.meta { margin: 0 0 4px; font-size: .8rem; color: var(--soft) }
.chips { list-style: none; padding: 0; margin: 4px 0 8px; display: flex; flex-direction: column; gap: 4px }
.chip { font-size: .82rem; line-height: 1.35; padding: 3px 8px; border: 1.5px solid var(--line); border-radius: 5px }
.chip.stop { border: 2px solid var(--wrong) }
.chip.look { border: 2px dashed var(--soft) }
.chip.note { border: 1.5px dotted var(--soft) }
.chip small,.names small { color: var(--soft) }
.card details { margin: 4px 0 0; padding: 4px 0 0 }
.reference { font: 400 .95rem/1.5 var(--serif); margin: 4px 0 0 }
#all td:first-child { white-space: normal; min-width: 10em; overflow-wrap: anywhere }
#all td { padding-right: 12px }
@media(max-width:720px){
  #ways thead,#problems thead { display: none }
  #ways tr,#problems tr { display: block; border-bottom: 1px solid var(--line); padding: 6px 0 }
  #ways td,#problems td { display: block; border: 0; text-align: left; padding: 1px 0; white-space: normal }
}
`;
