import type { Database, Sql } from '@baton/persistence/sql';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { embeddedLogHarness } from './embedded-log-harness.js';
import { latch } from './latch.js';
import { type PipelineOptions, journeysOf, leads, publish, settled, startPipeline } from './pipeline.js';
import { crashAt, onceAt } from './probes.js';
import { engaged, expectedJourneys, interleaved } from './published-facts.js';
import type { Installation } from './transport-harness.js';

// Each takes one guarantee away and shows what then goes wrong, so that the suite's silence means something.
let installation: Installation;

beforeEach(async () => {
  installation = await embeddedLogHarness.installation();
});

afterEach(async () => {
  await installation.drop();
});

/** A database whose transactions do something else with the statement that moves the position. */
function movingPositions(
  otherwise: (database: Database, sql: Sql, text: string, values?: readonly unknown[]) => Promise<unknown[]>,
) {
  return (database: Database): Database => ({
    ...database,
    transaction: (work) =>
      database.transaction((sql) =>
        work({
          query: async <Row>(text: string, values?: readonly unknown[]) =>
            (text.startsWith('update positions')
              ? otherwise(database, sql, text, values)
              : sql.query(text, values)) as Promise<Row[]>,
        }),
      ),
  });
}

describe('without its guarantees, the embedded log', () => {
  const unfenced = movingPositions((_database, sql, text, values) =>
    sql.query(text.replace('and positions.next = moves.since', ''), values),
  );
  const tooEarly = movingPositions((database, _sql, text, values) => database.query(text, values));

  /** A process that stands still with a batch in hand while another takes its partitions over. */
  async function zombieScenario(wrap?: PipelineOptions['wrap']): Promise<Record<string, string[]>> {
    const held = latch();
    const reached = latch();
    const probe = onceAt('after-read', async () => {
      reached.open();
      await held.opened;
    });
    const zombie = await startPipeline(installation, { probe, pollMs: 60_000, wrap });
    const publisher = await installation.process();
    await publisher.transport.start();
    await publish(publisher, interleaved(leads, 2), 14);
    await reached.opened;
    await zombie.depose();
    const heir = await startPipeline(installation);
    await settled(heir);
    held.open();
    await zombie.stop();
    await settled(heir);
    return journeysOf(heir, 'scoring');
  }

  it('repeats effects when the position is not compared before it is set', async () => {
    const journeys = await zombieScenario(unfenced);
    expect(Math.max(...Object.values(journeys).map((seen) => seen.length))).toBe(4);
  });

  it('repeats nothing when it is', async () => {
    expect(await zombieScenario()).toEqual(expectedJourneys(leads, 2));
  });

  it('loses facts when the position is stored outside the transaction of their effects', async () => {
    const crash = crashAt('after-position', 1);
    const doomed = await startPipeline(installation, { probe: crash.probe, wrap: tooEarly });
    await publish(await installation.process(), [engaged('ada', 1)]);
    await crash.reached;
    await doomed.kill();
    const heir = await startPipeline(installation);
    await settled(heir);
    expect(await journeysOf(heir, 'scoring')).toEqual({});
  });
});
