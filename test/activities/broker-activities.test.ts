/** Order activities in an attempt that the server gives up: what was not written by then never is. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBrokerActivities } from '../../src/activities/broker-activities';
import type { WhyGivenUp } from '../../src/broker/port';
import type { PlaceResult } from '../../src/domain/broker-events';
import type { OrderIntent } from '../../src/domain/intents';
import { refusal } from '../../src/domain/refusals';
import { intent } from '../domain/order-cases';
import { ScriptedBroker } from '../workflows/scripted-broker';

const INTENTS = [intent({ key: 'DEMO1000001-1-1' }), intent({ key: 'DEMO1000001-1-2', orderIdBase: 1_000_008 })];

/** Its second write waits for the first second to pass, as the limiter makes it. */
class SlowBroker extends ScriptedBroker {
  beforeSecondWrite: () => void = () => undefined;

  override async place(placing: OrderIntent, whyGivenUp: WhyGivenUp = () => null): Promise<PlaceResult> {
    if (placing.key === INTENTS[1].key) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      this.beforeSecondWrite();
    }
    const why = whyGivenUp();
    return why === null ? super.place(placing) : { outcome: 'not-sent', refusal: refusal('BROKER_NOT_READY', why) };
  }
}

const attempt = (scheduledMsAgo: number): MockActivityEnvironment =>
  new MockActivityEnvironment({
    currentAttemptScheduledTimestampMs: Date.now() - scheduledMsAgo,
    startToCloseTimeoutMs: 5_000,
    heartbeatTimeoutMs: 2_000,
  });

const placedIn = async (broker: SlowBroker, environment: MockActivityEnvironment): Promise<readonly string[]> => {
  const activities = createBrokerActivities({ broker });
  await environment.run(() => activities.placeOrders(INTENTS));
  return broker.placed.map(({ key }) => key);
};

test('an attempt in time writes every intent', async () => {
  await expect(placedIn(new SlowBroker(), attempt(0))).resolves.toEqual(INTENTS.map(({ key }) => key));
});

test('a process that stood still longer than the heartbeat time-out writes nothing', async () => {
  await expect(placedIn(new SlowBroker(), attempt(2_100))).resolves.toEqual([]);
});

test('a cancelled attempt does not write the intents that still wait', async () => {
  const broker = new SlowBroker();
  const environment = attempt(0);
  broker.beforeSecondWrite = () => environment.cancel();
  await expect(placedIn(broker, environment)).resolves.toEqual([INTENTS[0].key]);
});
