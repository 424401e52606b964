/** Refusals of one kind in a row (a halted session refuses every vote) as one line and a count. */

/** What to print for one acted decision. */
export interface Told {
  /** The end of the row before it, or null. */
  readonly earlier: string | null;
  /** Whether the decision itself is news. */
  readonly news: boolean;
}

interface Row {
  readonly code: string;
  readonly more: number;
}

const endOf = (symbol: string, { code, more }: Row): string => `${symbol}: refused ${code} ${more} more times`;

export class RefusalFold {
  private readonly rows = new Map<string, Row>();

  /** `code` of the refusal of a decision on `symbol`; null when it was not refused, which ends the row. */
  hear(symbol: string, code: string | null): Told {
    const row = this.rows.get(symbol);
    if (row !== undefined && row.code === code) {
      this.rows.set(symbol, { ...row, more: row.more + 1 });
      return { earlier: null, news: false };
    }
    if (code === null) this.rows.delete(symbol);
    else this.rows.set(symbol, { code, more: 0 });
    return { earlier: row === undefined || row.more === 0 ? null : endOf(symbol, row), news: true };
  }

  /** Ends all rows: the trade date is over, or nobody listens any longer. */
  flush(): readonly string[] {
    const ends = [...this.rows].flatMap(([symbol, row]) => (row.more === 0 ? [] : [endOf(symbol, row)]));
    this.rows.clear();
    return ends;
  }
}
