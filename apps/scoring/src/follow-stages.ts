import { type LeadAnswered, leadAnswered, type LeadStageChanged, leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { Evidence, NeedsHistory, Occurrence } from '@baton/domain/evidence/evidence';
import { mergeAnswers } from '@baton/domain/evidence/record-answers';
import { refreshProfile } from '@baton/domain/evidence/record-profile';
import { isEvidence, startCycle } from '@baton/domain/evidence/start-cycle';
import type { Playbook, Value } from '@baton/domain/playbook/definition';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, LogRecord } from '@baton/messaging/record';
import { readOccurrences } from '@baton/persistence/lead-occurrences';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { Playbooks } from './playbooks.js';
import { publishScore } from './score-facts.js';
import { type OpenScoredLead, ScoredLeads } from './scored-leads.js';

type Take = (evidence: Evidence, history: readonly Occurrence[] | null) => Evidence | NeedsHistory;
type TakeBy = (playbook: Playbook) => Take;

/**
 * Takes from `lead.stages`, as a set, what scoring cannot know: where cycles start and what people answered. So it comes
 * to the same scores as qualification, whichever of the two topics is read first.
 */
@Controller()
export class FollowStages {
  constructor(
    @Inject(Playbooks) private readonly playbooks: Playbooks,
    @Inject(ScoredLeads) private readonly leads: ScoredLeads,
  ) {}

  @Consumes(topics.leadStages)
  async follow({ records }: Batch, sql: Sql): Promise<Effects> {
    const relevant = records.flatMap((record) => {
      const takeBy = whatToTake(record);
      return takeBy ? [{ key: record.key, partition: record.partition, takeBy }] : [];
    });
    if (relevant.length === 0) return { publish: [] };
    const found = await this.leads.open(sql, relevant);
    const partitions = new Map(relevant.map(({ key, partition }) => [key, partition]));
    const governing = await this.playbooks.governingEach(sql, [...partitions.values()]);
    const opened = new Map([...found].filter(([, { state }]) => state.gone !== 'erased'));
    const leads = new Map(opened);
    for (const { key, partition, takeBy } of relevant.filter(({ key }) => opened.has(key)))
      leads.set(key, await this.taken(leads.get(key)!, takeBy(governing.get(partition)!.playbook), sql));
    const scored = [...leads.values()].map((lead) => {
      const { evidence } = opened.get(lead.id)!.state;
      const partition = partitions.get(lead.id)!;
      return publishScore(lead, evidence, { ...governing.get(partition)!, behind: { partition, position: -1 } });
    });
    const written = scored.map(({ lead }) => lead);
    await this.leads.write(sql, written);
    return { publish: scored.flatMap(({ facts }) => facts), committed: () => this.leads.keep(written) };
  }

  private async taken(lead: OpenScoredLead, take: Take, sql: Sql): Promise<OpenScoredLead> {
    const result = take(lead.state.evidence, null);
    if (isEvidence(result)) return { ...lead, state: { ...lead.state, evidence: result } };
    const wanted = result.signals.map((signal) => ({ lead: lead.id, signal }));
    const history = (await readOccurrences(sql, wanted)).get(lead.id) ?? [];
    const evidence = take(lead.state.evidence, history);
    if (!isEvidence(evidence)) throw new Error(`A cycle of lead ${lead.id} asked for its history twice.`);
    return { ...lead, state: { ...lead.state, evidence } };
  }
}

function whatToTake({ envelope }: LogRecord): TakeBy | null {
  if (envelope.type === leadStageChanged.type) return takeCycle(envelope.data as LeadStageChanged);
  if (envelope.type === leadAnswered.type) return takeAnswers(envelope.data as LeadAnswered, envelope.id);
  return null;
}

function takeCycle({ cycle, cycleStart }: LeadStageChanged): TakeBy | null {
  if (cycle === 1) return null;
  const at = cycleStart.at === null ? null : Date.parse(cycleStart.at);
  return (playbook) => (evidence, history) => startCycle(playbook, evidence, { cycle, ...cycleStart, at }, history);
}

function takeAnswers({ answers }: LeadAnswered, event: string): TakeBy | null {
  const given = Object.entries(answers).filter(([, { by }]) => by === 'person');
  if (given.length === 0) return null;
  const facts = given.map(([id, { value, at }]) => [
    id,
    { value: value as Value, at: Date.parse(at), event, by: 'person' as const },
  ]);
  return (playbook) => (evidence) => refreshProfile(playbook, mergeAnswers(evidence, Object.fromEntries(facts)));
}
