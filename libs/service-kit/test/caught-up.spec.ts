import { topics } from '@baton/contracts/topics';
import { feedAs } from '@baton/testing/feed';
import { erased } from '@baton/testing/lead-facts';
import { runForTest } from '@baton/testing/run-service';
import { expect, it } from '@jest/globals';
import { caughtUp } from '../src/caught-up.js';
import { counting, noting } from './toy-services.js';

it('a wait for what is unread ends well when it has been read, and with the reason when the waiter stops', async () => {
  const run = await runForTest([noting, counting]);
  const ingest = await feedAs(run, 'ingest');
  await ingest.publish(erased('kim', '2026-03-01T09:00:00.000Z'));
  const stopping = new AbortController();
  const waitFor = (service: 'reporting' | 'scoring') =>
    caughtUp(run.transport, { service, topics: [topics.leadEvents], signal: stopping.signal });
  expect(await waitFor('reporting')).toBe(true);
  // Nobody reads for scoring here.
  const inVain = expect(waitFor('scoring')).rejects.toThrow('the service stops');
  stopping.abort(new Error('the service stops'));
  await inVain;
  await ingest.close();
  await run.stop();
});
