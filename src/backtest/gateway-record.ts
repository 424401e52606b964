/**
 * Executions as the paper gateway recorded them: its state folder's journal, or a JSON file of executions. Reading takes no lock and changes
 * nothing, so a running gateway's folder may be read too.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { parseOrderRef } from '../domain/ids';
import { FUTURE_SYMBOLS } from '../domain/instruments';
import type { ExecutedTrade } from './execution';

/** The message is one sentence that says what to do. */
export class GatewayRecordError extends Error {
  override readonly name = 'GatewayRecordError';
}

const JOURNAL = 'journal.jsonl';
const CHECKSUM_LENGTH = 9;

const tradesSchema = z.object({
  executions: z.array(
    z.object({
      tradeDate: z.string(),
      time: z.number(),
      symbol: z.enum(FUTURE_SYMBOLS as [ExecutedTrade['symbol'], ...ExecutedTrade['symbol'][]]),
      conId: z.number(),
      leg: z.enum(['entry', 'stop', 'target']),
      side: z.enum(['buy', 'sell']),
      shares: z.number(),
      price: z.number(),
      fee: z.number(),
    }),
  ),
});

const lineSchema = z.object({
  executions: z
    .array(
      z.object({
        execId: z.string(),
        conId: z.number(),
        side: z.enum(['BOT', 'SLD']),
        shares: z.number(),
        price: z.number(),
        time: z.number(),
        tradeDate: z.string(),
        orderRef: z.string(),
        commission: z.number(),
      }),
    )
    .optional(),
});
type JournalExecution = NonNullable<z.infer<typeof lineSchema>['executions']>[number];

/** Contract ids of the gateway begin with the instrument's place in the registry. */
const CON_ID_STEP = 10_000_000;

/** Reads a gateway state folder or a JSON file. Throws GatewayRecordError. */
export function readGatewayRecord(path: string): readonly ExecutedTrade[] {
  if (!existsSync(path)) {
    throw new GatewayRecordError(
      `There is no ${path}: name a paper gateway's state folder, or a JSON file of executions.`,
    );
  }
  return statSync(path).isDirectory() ? readJournal(join(path, JOURNAL)) : readTradesFile(path);
}

function readTradesFile(file: string): readonly ExecutedTrade[] {
  try {
    return tradesSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).executions;
  } catch (error) {
    const why = error instanceof z.ZodError ? (error.issues[0]?.message ?? 'its shape is another') : String(error);
    throw new GatewayRecordError(
      `${file} holds no list of executions (${why}): give the JSON of a back-test or a recorded day.`,
      {
        cause: error,
      },
    );
  }
}

function readJournal(file: string): readonly ExecutedTrade[] {
  if (!existsSync(file)) {
    throw new GatewayRecordError(`There is no ${file}: the folder is not a paper gateway's state folder.`);
  }
  const lines = readFileSync(file, 'utf8').split('\n').slice(1);
  const found = new Map<string, JournalExecution>();
  for (const [index, line] of lines.entries()) {
    const json = line.slice(CHECKSUM_LENGTH);
    const isWhole = line.slice(0, CHECKSUM_LENGTH - 1) === crc32(json).toString(16).padStart(8, '0');
    // The last line may be torn by a crash, or still being written.
    if (!isWhole && index >= lines.length - 2) continue;
    if (!isWhole)
      throw new GatewayRecordError(`Line ${index + 2} of ${file} is damaged: give an undamaged state folder.`);
    for (const execution of lineSchema.parse(JSON.parse(json)).executions ?? []) found.set(execution.execId, execution);
  }
  return [...found.values()].flatMap(tradeOf);
}

/** Executions of orders that no session named (by hand, by other clients) are left out. */
function tradeOf({
  conId,
  side,
  shares,
  price,
  time,
  tradeDate,
  orderRef,
  commission,
}: JournalExecution): ExecutedTrade[] {
  const name = parseOrderRef(orderRef);
  const symbol = FUTURE_SYMBOLS[Math.floor(conId / CON_ID_STEP) - 1];
  if (name === null || symbol === undefined) return [];
  const { leg } = name;
  return [
    { tradeDate, time, symbol, conId, leg, side: side === 'BOT' ? 'buy' : 'sell', shares, price, fee: commission },
  ];
}
