/** Polygon's paging: `next_url` of one answer is the question for the next, on whatever host it was asked; the key is added by the client. */
import { z } from 'zod';
import type { ProviderClient } from '../../http/provider-client';
import { ProviderError } from '../../http/provider-error';

type Query = Readonly<Record<string, string | number | boolean>>;

/** `results` is absent where there are none, and where another `status` than OK or DELAYED refuses: that is not the same. */
const envelope = <Row>(row: z.ZodType<Row>) =>
  z
    .looseObject({
      status: z.string(),
      results: z.array(row).nullish(),
      next_url: z.string().nullish(),
    })
    .refine(({ status, results }) => (results ?? null) !== null || ANSWERED.has(status), {
      path: ['status'],
      error: 'neither OK nor DELAYED',
    });

const ANSWERED: ReadonlySet<string> = new Set(['OK', 'DELAYED']);

/** Pages of results as they come, unread. Throws ProviderError; SCHEMA when the paging runs in a circle. */
export async function* resultPages(
  client: ProviderClient,
  path: string,
  query: Query,
): AsyncIterable<readonly unknown[]> {
  yield* pagesOf(client, path, query, z.unknown());
}

/** All results of a question, each as `row` says. */
export async function allRows<Row>(
  client: ProviderClient,
  path: string,
  query: Query,
  row: z.ZodType<Row>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of pagesOf(client, path, query, row)) rows.push(...page);
  return rows;
}

async function* pagesOf<Row>(
  client: ProviderClient,
  path: string,
  query: Query,
  row: z.ZodType<Row>,
): AsyncIterable<readonly Row[]> {
  const asked = new Set<string>();
  let next: { readonly path: string; readonly query: Query } | null = { path, query };
  while (next !== null) {
    const answer: z.infer<ReturnType<typeof envelope<Row>>> = await client.getJson({ ...next, schema: envelope(row) });
    yield answer.results ?? [];
    const url: string = answer.next_url ?? '';
    if (asked.has(url)) {
      throw new ProviderError('SCHEMA', client.name, `${client.name}: its pages run in a circle at ${next.path}.`);
    }
    asked.add(url);
    next = url === '' ? null : questionIn(url);
  }
}

/** Path and query of a `next_url`. Its host is left out: the key goes to the configured one only. */
function questionIn(url: string): { readonly path: string; readonly query: Query } {
  const { pathname, searchParams } = new URL(url, 'https://api.polygon.io');
  const query = Object.fromEntries([...searchParams].filter(([name]) => name !== 'apiKey'));
  return { path: pathname, query };
}
