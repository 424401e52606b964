/** The page's own style sheet: no fonts and no files from elsewhere, light and dark by the reader's setting. */
import { Html } from './html';

export const STYLE = new Html(`
:root { color-scheme: light dark; --ink: #1c2126; --quiet: #5c6670; --line: #d9dee3; --ground: #ffffff; --panel: #f5f7f8;
  --equity: #1f6fb2; --hold: #9a6b16; --fall: #b3362b; --gain: #1d7a46; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --quiet: #9aa5af; --line: #39424a; --ground: #14181c; --panel: #1d2329;
  --equity: #6cb2ee; --hold: #d9a94e; --fall: #ef8378; --gain: #6cc795; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 24px 20px 64px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 10px; }
p { margin: 6px 0; max-width: 78ch; } .quiet { color: var(--quiet); } code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 8px; margin: 18px 0; padding: 0; }
.figures div { background: var(--panel); padding: 10px 12px; } .figures dt { color: var(--quiet); font-size: 13px; }
.figures dd { margin: 0; font-size: 19px; font-variant-numeric: tabular-nums; } .figures small { color: var(--quiet); font-size: 12px; display: block; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
td.wide { white-space: normal; min-width: 150px; } th { color: var(--quiet); font-weight: 600; } .n { text-align: right; }
.gain { color: var(--gain); } .fall { color: var(--fall); }
svg { display: block; width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
.axis { stroke: var(--line); stroke-width: 1; } .equity { fill: none; stroke: var(--equity); stroke-width: 1.5; }
.hold { fill: none; stroke: var(--hold); stroke-width: 1.2; stroke-dasharray: 4 3; } .under { fill: var(--fall); opacity: .75; }
.key { display: flex; gap: 18px; font-size: 13px; color: var(--quiet); margin: 4px 0; } .key i { display: inline-block; width: 18px;
  border-top: 2px solid; margin-right: 6px; vertical-align: middle; } .key .k1 { border-color: var(--equity); }
.key .k2 { border-color: var(--hold); border-top-style: dashed; } .note { border-left: 3px solid var(--hold); padding: 2px 12px; background: var(--panel); }
`);
