/** The faults that `POST /faults` knows, as JSON bodies. Faults with a `count` strike that many times and are gone; the others last until undone. */
import { z } from 'zod';

const clientId = z.number().int().nullable().default(null);
const count = z.number().int().min(1).default(1);
const side = z.enum(['buy', 'sell', 'any']);
const onOff = z.boolean().default(true);

export const faultSchema = z.discriminatedUnion('fault', [
  // The line.
  z.object({ fault: z.enum(['drop', 'rst', 'freeze', 'thaw', 'mute', 'unmute']), clientId }),
  z.object({
    fault: z.literal('delay'),
    clientId,
    inboundMs: z.number().min(0).default(0),
    outboundMs: z.number().min(0).default(0),
  }),
  z.object({ fault: z.literal('split'), clientId, bytes: z.number().int().min(0).default(1) }),
  z.object({ fault: z.literal('refuse-connections'), on: onOff }),
  /** RST before the next placeOrder is processed (it is lost), or after it took effect (its answers are lost). */
  z.object({
    fault: z.enum(['cut-before-place', 'cut-after-place']),
    clientId,
    skip: z.number().int().min(0).default(0),
  }),
  z.object({
    fault: z.enum(['cut-before-cancel', 'cut-after-cancel']),
    clientId,
    skip: z.number().int().min(0).default(0),
  }),
  /** The gateway process kills itself (SIGKILL) when the next placeOrder was read but not stored, or stored but not answered. */
  z.object({ fault: z.enum(['kill-before-place', 'kill-after-place']) }),
  // Orders.
  z.object({ fault: z.literal('fill-while-away'), count }),
  z.object({ fault: z.literal('drop-order'), count }),
  /** The next `count` new orders of the side, after `skip` of them: 3 of 20, wherever they come. */
  z.object({
    fault: z.literal('reject-order'),
    count,
    skip: z.number().int().min(0).default(0),
    side: side.default('any'),
    reason: z.string().default('Rejected by the paper gateway on request'),
  }),
  /** Orders of the side are accepted and rest unfilled until it is switched off. */
  z.object({ fault: z.literal('leave-unfilled'), side: side.default('any'), on: onOff }),
  z.object({
    fault: z.literal('inform-order'),
    count,
    code: z.number().int().default(10349),
    message: z.string().default('Order TIF was set to DAY based on order preset.'),
  }),
  z.object({ fault: z.literal('modify-error'), count }),
  z.object({ fault: z.literal('double-modify'), count }),
  z.object({ fault: z.literal('cancel-ignored'), count }),
  z.object({ fault: z.literal('fill-after-cancel'), count }),
  z.object({ fault: z.literal('correct-execution'), execId: z.string().optional(), price: z.number().optional() }),
  // Callbacks about orders.
  z.object({ fault: z.literal('duplicate-callbacks'), count }),
  z.object({ fault: z.literal('late-callbacks'), count, delayMs: z.number().min(0).default(500) }),
  z.object({ fault: z.literal('lost-callbacks'), count }),
  z.object({ fault: z.literal('executions-first'), count }),
  // Connectivity and data.
  z.object({ fault: z.enum(['1100', '1101', '1102', '2103', '2104', '2105', '2106']) }),
  z.object({ fault: z.literal('10197'), on: onOff }),
  z.object({ fault: z.literal('delayed-data'), on: onOff }),
  z.object({ fault: z.literal('pacing-kill'), clientId }),
  z.object({ fault: z.literal('id-rollback'), to: z.number().int().min(1).default(1) }),
  z.object({ fault: z.literal('nightly-restart'), downMs: z.number().int().min(0).default(2000) }),
  z.object({ fault: z.literal('clear') }),
]);

export type FaultRequest = z.infer<typeof faultSchema>;
export type FaultName = FaultRequest['fault'];

/** All fault names, for the answer to an unknown one. */
export const FAULT_HELP: string = faultSchema.options
  .flatMap(({ shape: { fault } }): readonly string[] => ('options' in fault ? fault.options : [...fault.values]))
  .join(', ');
