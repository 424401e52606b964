/** A period's bars as the bytes of its file (docs/data.md names the columns). */
import { PROVIDER_NAMES, type BarTable } from './bar-table';
import { parquetFile } from './parquet-file';

/** Parquet of all rows of `table`, in their order. */
export const barFile = (table: BarTable): Promise<Uint8Array> =>
  parquetFile(table.length, [
    { kind: 'time', name: 'timestamp', values: table.start },
    { kind: 'price', name: 'open', values: table.open },
    { kind: 'price', name: 'high', values: table.high },
    { kind: 'price', name: 'low', values: table.low },
    { kind: 'price', name: 'close', values: table.close },
    { kind: 'double', name: 'volume', values: table.volume },
    { kind: 'factor', name: 'adjustment_factor', values: table.adjustmentFactor },
    { kind: 'name', name: 'provider', values: table.provider, names: PROVIDER_NAMES },
    { kind: 'time', name: 'fetched_at', values: table.fetchedAt },
  ]);
