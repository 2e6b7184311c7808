import type { LeadScored } from '@baton/contracts/lead-scores';
import { type LeadStageChanged, leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import { playbookPublished } from '@baton/contracts/definitions';
import { engaged, erased, identified } from '@baton/testing/lead-facts';
import { type Feed, feedAs } from '@baton/testing/feed';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { rowsWith } from '@baton/testing/stored-rows-store';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scoring } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));
const account = {
  domain: 'acme.example',
  freeMail: false,
  traits: { employees: { value: 100, at: '2026-03-01T08:00:00.000Z' } },
};

describe('scoring', () => {
  let run: TestRun;
  let ingest: Feed;
  let qualification: Feed;

  beforeAll(async () => {
    run = await runForTest([scoring]);
    ingest = await feedAs(run, 'ingest');
    qualification = await feedAs(run, 'qualification');
    await qualification.publish(await firstPlaybook());
  });

  afterAll(async () => {
    await ingest?.close();
    await qualification?.close();
    await run?.stop();
  });

  async function scoresOf(lead: string): Promise<LeadScored[]> {
    const facts = (await readTopic(run.databaseUrl, topics.leadScores)).filter(({ key }) => key === lead);
    expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    return facts.map(({ envelope }) => envelope.data as LeadScored);
  }

  it('publishes one fact per lead and batch, with the reasons that weigh most', async () => {
    await ingest.publish(
      identified('lead-batch', { at: '2026-03-01T09:00:00.000Z', account }),
      engaged('lead-batch', { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z' }),
    );
    const [score, ...others] = await scoresOf('lead-batch');
    expect(others).toEqual([]);
    expect(score).toMatchObject({
      scores: { fit: 20, engagement: 30, total: 50, grade: 'A' },
      previous: null,
      cycle: 1,
    });
    expect(score?.reasons.map(({ rule, points }) => [rule, points])).toEqual([
      ['demo', 30],
      ['size', 20],
    ]);
  });

  it('says nothing when nothing changed', async () => {
    await ingest.publish(identified('lead-quiet', { at: '2026-03-01T09:00:00.000Z', account }));
    await ingest.publish(engaged('lead-quiet', { page: { path: '/blog' } }, { at: '2026-03-02T09:00:00.000Z' }));
    expect(await scoresOf('lead-quiet')).toHaveLength(1);
  });

  it('comes to the same scores whatever the order of the events', async () => {
    const events = (lead: string) => [
      engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z' }),
      engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-02T10:00:00.000Z' }),
      engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-03T10:00:00.000Z' }),
    ];
    for (const [lead, order] of [
      ['lead-forward', events('lead-forward')],
      ['lead-backward', events('lead-backward').reverse()],
    ] as const) {
      await ingest.publish(identified(lead, { at: '2026-03-01T09:00:00.000Z', account }));
      for (const event of order) await ingest.publish(event, event);
    }
    const last = async (lead: string) => (await scoresOf(lead)).at(-1)?.scores;
    expect(await last('lead-backward')).toEqual(await last('lead-forward'));
  });

  it('begins a new cycle where qualification says, even when that is read after the cycle’s own events', async () => {
    const lead = 'lead-cycles';
    await ingest.publish(
      identified(lead, { at: '2026-03-01T09:00:00.000Z', account }),
      engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z' }),
      engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-05T10:00:00.000Z' }),
    );
    await qualification.publish(cycleBegins(lead, '2026-03-04T00:00:00.000Z'));
    const score = (await scoresOf(lead)).at(-1);
    expect(score?.cycle).toBe(2);
    expect(score?.scores.engagement).toBe(10);
  });

  it('forgets a lead that is erased, whatever is still read of it', async () => {
    const lead = 'lead-erased';
    await ingest.publish(
      identified(lead, { at: '2026-03-01T09:00:00.000Z', account }),
      engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z' }),
    );
    await ingest.publish(
      engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T11:00:00.000Z' }),
      erased(lead, '2026-03-01T12:00:00.000Z'),
    );
    await qualification.publish(cycleBegins(lead, '2026-03-04T00:00:00.000Z'));
    expect(await scoresOf(lead)).toHaveLength(1);
    expect(await rowsWith(run.databaseUrl, 'scoring', lead)).toEqual({ leads: 1, lead_bases: 1 });
  });
});

async function firstPlaybook(): Promise<Publication> {
  const source = await readFile(playbookFile, 'utf8');
  const data = {
    name: 'handlers',
    version: 1,
    hash: 'h',
    source,
    publishedAt: '2026-03-01T00:00:00.000Z',
    signatures: [],
    bootstrap: true,
  };
  return {
    topic: topics.playbooks,
    key: 'handlers@1',
    type: playbookPublished.type,
    id: 'handlers@1',
    time: data.publishedAt,
    data,
  };
}

function cycleBegins(lead: string, at: string): Publication {
  const data: Partial<LeadStageChanged> = {
    from: 'nurture',
    to: 'lead',
    cycle: 2,
    cycleStart: { at },
    at,
    decidedAt: at,
  };
  return {
    topic: topics.leadStages,
    key: lead,
    type: leadStageChanged.type,
    id: `${lead}:change:3`,
    time: at,
    sequence: 3,
    data,
  };
}
