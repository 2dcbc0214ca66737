/** The report's one stylesheet: light and dark by the reader's own setting, and fit for paper. */
export const style = `
:root{color-scheme:light dark;
--page:#f6f6f3;--card:#fff;--ink:#1d242c;--soft:#5c6670;--line:#e2e3de;--ok:#5f9d9c;--failed:#c4452d;--fault:#b7791f;--fault-wash:#b7791f17;
--move:#4a5f9e;--move-wash:#e4e8f3;--good:#2d6a4f;--good-wash:#e3efe8;--bad-wash:#f8e6e1;--p50:#35507d;--p99:#a08bc0;--grid:#ebece8}
@media screen and (prefers-color-scheme:dark){:root{
--page:#14171a;--card:#1b1f24;--ink:#e6e8ea;--soft:#9aa4ae;--line:#2d333a;--ok:#4a8787;--failed:#e8735a;--fault:#d9a23f;--fault-wash:#d9a23f1c;
--move:#8fa3dc;--move-wash:#2a3147;--good:#7cc4a0;--good-wash:#1d3329;--bad-wash:#41241d;--p50:#a9bfe8;--p99:#8d77b0;--grid:#272c32}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1000px;margin:0 auto;padding:40px 24px 64px}
h1,h2,h3,h4{line-height:1.25;margin:0;font-weight:650;letter-spacing:-.01em}
h1{font-size:15px;color:var(--soft);font-weight:550;letter-spacing:0}
h2{font-size:21px;margin:52px 0 4px}
h3{font-size:15px;margin:28px 0 8px}
h4{font-size:15px}
p{margin:0 0 8px;max-width:72ch}
.soft,.meta{color:var(--soft)}
.meta{font-size:13px;margin:0;max-width:none}
.verdict{font-size:25px;line-height:1.35;font-weight:600;letter-spacing:-.015em;max-width:34em;margin:10px 0 16px}
.missed-list{margin:0 0 16px;padding:12px 16px 12px 32px;background:var(--bad-wash);border-radius:8px}
.pill{display:inline-block;padding:1px 9px 1px 8px;border-radius:99px;font-size:13px;font-weight:600;white-space:nowrap}
.pill.yes{background:var(--good-wash);color:var(--good)}
.pill.no{background:var(--bad-wash);color:var(--failed)}
.pill.plain{background:var(--move-wash);color:var(--move)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;margin:14px 0;overflow-wrap:break-word}
.flush{padding:4px 18px}
table{border-collapse:collapse;width:100%}
th{font-size:12.5px;font-weight:550;color:var(--soft);text-align:left;padding:9px 14px 9px 0;vertical-align:bottom}
td{padding:9px 14px 9px 0;border-top:1px solid var(--line);vertical-align:top}
td:last-child,th:last-child{padding-right:0}
td.number{text-align:right;white-space:nowrap}th.number{text-align:right}
td.lead{min-width:11em}
td small{display:block;font-weight:400;color:var(--soft);font-size:12.5px}
code{overflow-wrap:anywhere;font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
svg{display:block;max-width:100%;height:auto;font:11px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
.narrow{display:none}
.axis{fill:var(--soft)}.plot-title{fill:var(--ink);font-weight:600;font-size:12px}
.grid{stroke:var(--grid)}
.ok{fill:var(--ok)}.failed{fill:var(--failed)}
path.p50,path.p99{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
path.p50{stroke:var(--p50)}path.p99{stroke:var(--p99)}rect.p50{fill:var(--p50)}rect.p99{fill:var(--p99)}
.fault-band{fill:var(--fault-wash)}
.time{stroke:var(--soft);stroke-dasharray:2 3;opacity:.55}
line.recovered{stroke:var(--good);opacity:.9}
.label{fill:var(--ink)}
g.fault rect,g.fault circle{fill:var(--fault)}g.fault .inside{fill:var(--card);font-weight:600}
g.move rect,g.move circle{fill:var(--move-wash);stroke:var(--move)}
g.detected circle,g.traffic-stopped circle{fill:var(--soft)}g.recovered circle{fill:var(--good)}
.incident header{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline;margin-bottom:4px}
.steps td{padding:6px 14px 6px 0}
.steps td:nth-child(1){width:24%;font-weight:550}
.steps td:nth-child(2){width:28%}
.track{position:relative;height:12px;margin-top:6px;border-radius:3px;background:var(--grid)}
.track i{position:absolute;top:0;bottom:0;min-width:3px;border-radius:3px;background:var(--move)}
.track i.failed{background:var(--failed)}.track i.undone{background:var(--fault)}
.track i.running{background:repeating-linear-gradient(90deg,var(--move) 0 5px,var(--move-wash) 5px 8px)}
details{margin:10px 0}
summary{cursor:pointer;color:var(--soft);font-size:13.5px}
.scroll{overflow-x:auto}
.notes{margin-top:56px;padding-top:16px;border-top:1px solid var(--line);font-size:13px;color:var(--soft)}
.notes dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:0 0 12px}
.notes dt{font-weight:600}.notes dd{margin:0;max-width:72ch}
@media screen and (max-width:600px){
main{padding:24px 14px 48px}.verdict{font-size:20px}.wide{display:none}.narrow{display:block}.card{padding:12px}.flush{padding:2px 12px}}
@media screen and (max-width:820px){
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack tr{display:block;border-top:1px solid var(--line);padding:8px 0}.stack tbody tr:first-child{border-top:0}
.stack td{display:flex;justify-content:space-between;gap:16px;border:0;padding:3px 0;text-align:right;width:auto!important;white-space:normal}
.stack td[data-label]::before{content:attr(data-label);color:var(--soft);font-size:13px;font-weight:400;text-align:left;flex:none}
.stack td.lead{display:block;text-align:left;font-weight:600}
.stack td.long{display:block;text-align:left}.stack td.long::before{display:block}
.steps td.bar{display:block}.notes dl{display:block}.notes dd{margin-bottom:6px}}
@media print{
:root{--page:#fff}body{font-size:12px;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}
.card:not(.flush),tr{break-inside:avoid}h2,h3{break-after:avoid}details:not([open]){display:none}.verdict{font-size:20px}}
`;
