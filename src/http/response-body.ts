/** What a body says: JSON, a part of JSON, something else; and the provider's own sentence in an error. Pure. */
import type { z } from 'zod';

export type ParsedBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'not-json'; readonly start: string };

const SHOWN = 80;
const LONGEST_MESSAGE = 200;

export function parseBody(text: string): ParsedBody {
  const body = text.trim();
  const value = parsed(body) ?? parsed(withoutBareNaN(body));
  if (value !== undefined) return { kind: 'json', value: value.json };
  return /^[[{"]/.test(body) && isUnfinished(body)
    ? { kind: 'truncated' }
    : { kind: 'not-json', start: body.slice(0, SHOWN).replace(/\s+/g, ' ') };
}

function parsed(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Python servers write NaN and Infinity, which are no JSON; as null the one row is rejected and not the page. */
const withoutBareNaN = (text: string): string =>
  text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs, (token) =>
    token.startsWith('"') ? token : 'null',
  );

/** True when brackets or a text are still open at the end. */
function isUnfinished(text: string): boolean {
  let depth = 0;
  const rest = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/gs, '');
  for (const character of rest) {
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return depth > 0 || rest.includes('"');
}

/** The provider's own words in an error body, clipped; null when it has none. Providers put them under different names. */
export function messageIn(text: string): string | null {
  const body = parseBody(text);
  const found = body.kind === 'json' ? sentenceOf(body.value) : null;
  return found === null ? null : found.replace(/\s+/g, ' ').slice(0, LONGEST_MESSAGE);
}

function sentenceOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  const names = ['error_message', 'message', 'detail', 'error', 'description'];
  const said = names.map((name) => sentenceOf(fields[name])).find((text) => text !== null) ?? null;
  // Yahoo puts everything under one name of the question.
  const [only, ...others] = Object.values(fields);
  return said === null && others.length === 0 ? sentenceOf(only) : said;
}

/** The first problems of a schema by field, for a sentence: `lacks results.0.c; count: expected number, received string`. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], value: unknown): string {
  const texts = issues.slice(0, 3).map((issue) => {
    const path = issue.path.map(String).join('.');
    return valueAt(value, issue.path) === undefined
      ? `lacks ${path || 'its content'}`
      : `${path || 'the whole'}: ${issue.message}`;
  });
  return `${texts.join('; ')}${issues.length > 3 ? `; and ${issues.length - 3} more` : ''}`;
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[name] : undefined),
    value,
  );
