/**
 * Who supplies whom (requirement D6), from a CSV: `supplier,customer,revenue_share,cost_share,from,to,source`.
 * A link holds from `from` (the day on which it could be known, UTC) to the day before `to`; an empty `to` is open. `revenue_share` is the
 * customer's part of the supplier's revenue, `cost_share` the supplier's part of the customer's costs, each above 0 and at most 1 or empty
 * when not known.
 */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

export interface SupplyLink {
  readonly supplier: string;
  readonly customer: string;
  readonly revenueShare: number | null;
  readonly costShare: number | null;
  /** UTC epoch ms, inclusive. */
  readonly from: number;
  /** UTC epoch ms, exclusive; null is open. */
  readonly to: number | null;
  readonly source: string;
}

export class SupplyLinkError extends Error {
  override readonly name = 'SupplyLinkError';
}

export const SUPPLY_LINK_COLUMNS = [
  'supplier',
  'customer',
  'revenue_share',
  'cost_share',
  'from',
  'to',
  'source',
] as const;

const ticker = z.string().regex(/^[A-Z0-9][A-Z0-9.-]{0,11}$/, 'must be a ticker such as AAPL');
const SHARE = 'must be a number above 0 and at most 1, or empty';
const share = z
  .string()
  .transform((text) => (text === '' ? null : Number(text)))
  .pipe(z.number(SHARE).gt(0, SHARE).max(1, SHARE).nullable());
const DAY = 'must be a date YYYY-MM-DD';
const day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, DAY)
  .transform((text) => Date.parse(text))
  .pipe(z.number(DAY));
const row = z
  .object({
    supplier: ticker,
    customer: ticker,
    revenue_share: share,
    cost_share: share,
    from: day,
    to: z.union([z.literal('').transform(() => null), day]),
    source: z.string().min(1, 'must say where the row is from'),
  })
  .refine(({ supplier, customer }) => supplier !== customer, 'a company does not supply itself')
  .refine(({ from, to }) => to === null || to > from, 'to must be after from')
  .refine((link) => link.revenue_share !== null || link.cost_share !== null, 'one of the shares must be known');

/** The links of a CSV text. Throws SupplyLinkError that names file, line and column. */
export function parseSupplyLinks(text: string, file: string): readonly SupplyLink[] {
  let records: Record<string, string>[];
  try {
    records = parse<Record<string, string>>(text, {
      columns: true,
      skip_empty_lines: true,
      trim: true,
      bom: true,
      comment: '#',
      comment_no_infix: true,
    });
  } catch (error) {
    throw new SupplyLinkError(`${file} is no CSV: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const missing = SUPPLY_LINK_COLUMNS.filter((name) => records.length > 0 && !(name in records[0]));
  if (missing.length > 0) throw new SupplyLinkError(`${file} lacks the columns ${missing.join(', ')}.`);
  return records.map((record, index) => {
    const parsed = row.safeParse(record);
    if (parsed.success) return linkOf(parsed.data);
    const [{ path, message }] = parsed.error.issues;
    throw new SupplyLinkError(`${file}, row ${index + 1}: ${path.length > 0 ? `${path.join('.')} ` : ''}${message}.`);
  });
}

const linkOf = ({ revenue_share: revenueShare, cost_share: costShare, ...rest }: z.infer<typeof row>): SupplyLink => ({
  ...rest,
  revenueShare,
  costShare,
});
