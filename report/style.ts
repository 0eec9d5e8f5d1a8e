/**
 * The look of the report: light, dark and print. The colours of the series are those of Okabe and
 * Ito ("Color Universal Design", 2008), which the colour-blind can tell apart, lighter in the dark.
 */
export const LIGHT = `
--page:#fbfbf9;--card:#fff;--ink:#1b1f24;--ink-soft:#59616b;--line:#dfe2e5;--grid:#e9ebee;--axis:#9aa2ab;
--mark:#6b4f00;--link:#0b5cad;--device:#0072b2;--device-2:#56b4e9;--device-3:#004b76;
--float64:#d55e00;--float64-2:#e69f00;--float64-3:#8f3f00;--theory:#007a5a;--theory-2:#4f8a10;--theory-3:#00513c;
--published:#a8407c;--published-2:#7a5195;--published-3:#5b2245;
--good:#0a6b4b;--good-bg:#e2f4ec;--mid:#7a5200;--mid-bg:#fdf0d2;--bad:#a1260d;--bad-bg:#fbe6e1;--none:#4a525c;--none-bg:#eceef0;`;
const DARK = `
--page:#14171b;--card:#1c2026;--ink:#eceff2;--ink-soft:#a5aeb8;--line:#343b44;--grid:#2a3038;--axis:#6c7681;
--mark:#ecc766;--link:#7cc0ff;--device:#56b4e9;--device-2:#a6d8f5;--device-3:#2f8cc0;
--float64:#f0883e;--float64-2:#e6b800;--float64-3:#ffb37a;--theory:#34c79b;--theory-2:#a3cf62;--theory-3:#8fe3c8;
--published:#e79ac6;--published-2:#c3a2e0;--published-3:#f5c6df;
--good:#7fe0b6;--good-bg:#12382b;--mid:#f3cf7a;--mid-bg:#3d3010;--bad:#ffab98;--bad-bg:#45190f;--none:#c3cad2;--none-bg:#2b3139;`;

export const STYLE = `
:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
@media print{:root{${LIGHT}--page:#fff}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-99em}.skip:focus{left:1em;top:1em;background:var(--card);padding:.5em 1em;z-index:1}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.top,main{max-width:60rem;margin:0 auto;padding:0 1.25rem}
.brand{margin:1.5rem 0 0;font-weight:600}.brand>span:first-child{color:var(--device);font-size:1.3em}
.soft{color:var(--ink-soft);font-weight:400;font-size:.9em}
h1{font-size:2rem;line-height:1.2;margin:1.5rem 0 .75rem}
h2{font-size:2rem;line-height:1.15;margin:0 0 .35rem;letter-spacing:-.01em}
h3{font-size:1.2rem;margin:2.5rem 0 .75rem}
h4{font-size:1.05rem;margin:0}
p{margin:.35rem 0}
article{margin:1.5rem 0 4rem}article+article{border-top:1px solid var(--line);padding-top:2.5rem}
.question{font-size:1.2rem;color:var(--ink-soft);margin:0 0 1rem}
.kind{display:inline-block;border:1px solid currentColor;border-radius:1em;padding:0 .65em;font-size:.82em;font-weight:600;margin-right:.35em}
.kind.simulated,.kind.model{color:var(--mid)}.kind.serial{color:var(--good)}
.conditions{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0 0;padding:0;color:var(--ink-soft);font-size:.9em}
.pill{display:inline-block;white-space:nowrap;border-radius:1em;padding:.1em .75em;font-size:.9rem;font-weight:600}
.holds,.agrees{--fg:var(--good);--bg:var(--good-bg)}.holds-if{--fg:var(--mid);--bg:var(--mid-bg)}
.wrong,.disagrees{--fg:var(--bad);--bg:var(--bad-bg)}.undecided{--fg:var(--none);--bg:var(--none-bg)}
.pill{color:var(--fg);background:var(--bg)}
.claims{list-style:none;margin:0;padding:0;display:grid;gap:.75rem}
.claim{display:grid;grid-template-columns:8.2rem 1fr;gap:1rem;background:var(--card);border:1px solid var(--line);border-left:5px solid var(--fg);border-radius:8px;padding:.8rem 1rem}
.claim .text{font-weight:600;margin-top:0}.claim .verdict{margin:0}
@media (max-width:38rem){.claim{grid-template-columns:1fr;gap:.25rem}h2{font-size:1.6rem}}
details{margin-top:.4rem}summary{cursor:pointer;color:var(--link);width:fit-content;font-size:.92em}
figure{margin:0 0 1.5rem;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1.1rem 1.25rem;break-inside:avoid}
figcaption p{color:var(--ink-soft);margin:.15rem 0 .6rem;max-width:46rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;margin:.25rem 0 .5rem;padding:0;font-size:.92em}
.legend li{display:flex;align-items:center;gap:.35rem}
.drawing svg{display:block;width:100%;height:auto;font-family:inherit}
.drawing text{font-family:inherit}
.scroll{overflow-x:auto;max-height:26rem;overflow-y:auto;border:1px solid var(--line);border-radius:8px;background:var(--card);margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{padding:.4rem .75rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--ink-soft);font-weight:600;font-size:.85rem;background:var(--card);position:sticky;top:0}
tbody th{font-weight:400}
.number,.nowrap{white-space:nowrap}.number{text-align:right}.data thead th{text-align:right}.data td:not(.number){text-align:right}
.data td:first-child,.data thead th:first-child{text-align:left}
.unit{font-weight:400;opacity:.85}.unit::before{content:"in "}
.downloads{font-size:.88em;color:var(--ink-soft);margin-bottom:0}.downloads a{margin-right:.6em}
.comparison{margin:1.5rem 0 4rem;border-bottom:1px solid var(--line)}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem}
.overview{background:var(--card);border:1px solid var(--line);border-radius:8px}
footer{border-top:1px solid var(--line);margin-top:2.5rem}
dl{margin:0;font-size:.92em}dl div{display:grid;grid-template-columns:12rem 1fr;gap:1rem;padding:.2rem 0}dt{color:var(--ink-soft)}dd{margin:0;overflow-wrap:anywhere}
@media (max-width:38rem){dl div{grid-template-columns:1fr;gap:0}}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
@media print{body{font-size:11pt}.skip,.downloads,nav a::after{display:none}.scroll{max-height:none;overflow:visible}article+article{break-before:page;border:0}details::details-content{content-visibility:visible;block-size:auto}*{print-color-adjust:exact}}
`;
