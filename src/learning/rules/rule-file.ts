/** Rules of a JSON file: one, or a list of them. Pure. */
import { DEEPEST_JSON, jsonDepth, readRule, type TradingRule } from './trading-rule';

/** The rules, or one sentence why the file holds none that can be kept; `columns` are those that models may read. */
export function rulesIn(text: string, columns: readonly string[]): readonly TradingRule[] | string {
  // Before it is parsed: what walks the content afterwards walks it by recursion.
  if (jsonDepth(text) > DEEPEST_JSON + 1) return 'it is nested too deeply';
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return `it is not JSON (${error instanceof Error ? error.message : String(error)})`;
  }
  const items = Array.isArray(content) ? (content as readonly unknown[]) : [content];
  if (items.length === 0) return 'it holds no rule';
  const rules: TradingRule[] = [];
  for (const [index, item] of items.entries()) {
    const rule = readRule(JSON.stringify(item), columns);
    if (typeof rule === 'string') return `rule ${index + 1}: ${rule}`;
    rules.push(rule);
  }
  return rules;
}
