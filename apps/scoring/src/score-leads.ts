import { playbookActivated, type PlaybookActivated } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { foldEvidence } from '@baton/domain/evidence/fold-evidence';
import { FactQueue } from '@baton/domain/evidence/fact-queue';
import { readLeadFact } from '@baton/domain/lifecycle/lead-fact';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, LogRecord } from '@baton/messaging/record';
import { readOccurrences } from '@baton/persistence/lead-occurrences';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { Playbooks } from './playbooks.js';
import { publishScore } from './score-facts.js';
import { type OpenScoredLead, ScoredLeads, erased } from './scored-leads.js';
import { takeEvidence } from './take-evidence.js';

interface Work {
  readonly queue: FactQueue;
  readonly opened: OpenScoredLead;
  lead: OpenScoredLead;
  /** Where the lead's last fact in this batch lies. */
  behind: { readonly partition: number; readonly position: number };
}

/** Folds what leads did and who they are into exact scores, and publishes each lead's score once a batch when it changed. */
@Controller()
export class ScoreLeads {
  constructor(
    @Inject(Playbooks) private readonly playbooks: Playbooks,
    @Inject(ScoredLeads) private readonly leads: ScoredLeads,
  ) {}

  @Consumes(topics.leadEvents)
  async score(batch: Batch, sql: Sql): Promise<Effects> {
    const { works, governing } = await this.queueFacts(batch.records, sql);
    await this.foldAll(works, sql);
    const scored = works.map(({ lead, opened, behind }) =>
      publishScore(lead, opened.state.evidence, { ...governing.get(behind.partition)!, behind }),
    );
    const leads = scored.map(({ lead }) => lead);
    await this.leads.write(sql, leads);
    await forgetKeys(
      sql,
      leads.filter((lead) => lead.erased).map(({ id }) => id),
    );
    return {
      publish: scored.flatMap(({ facts }) => facts),
      committed: () => this.leads.keep(leads),
    };
  }

  private async queueFacts(records: readonly LogRecord[], sql: Sql) {
    const ofLeads = records.filter(({ envelope }) => envelope.type !== playbookActivated.type);
    const open = await this.leads.open(sql, ofLeads);
    const works = new Map<string, Work>();
    const governing = new Map(
      await this.playbooks.governingEach(
        sql,
        records.map(({ partition }) => partition),
      ),
    );
    for (const { key, partition, position, envelope } of records) {
      if (envelope.type === playbookActivated.type) {
        const activated = await this.playbooks.named(sql, envelope.data as PlaybookActivated);
        governing.set(partition, activated);
        await this.playbooks.switch(sql, partition, activated.ref);
        continue;
      }
      const behind = { partition, position };
      const fact = readLeadFact(envelope.type, envelope.data as object, behind);
      const opened = open.get(key);
      if (!fact || !opened) continue;
      const work = works.get(key) ?? { queue: new FactQueue(), opened, lead: opened, behind };
      work.behind = behind;
      works.set(key, work);
      work.queue.push({ fact, playbook: governing.get(partition)!.playbook });
    }
    return { works: [...works.values()], governing };
  }

  private async foldAll(works: readonly Work[], sql: Sql): Promise<void> {
    for (let stuck = foldRound(works); stuck.length > 0; stuck = foldRound(works)) {
      const wanted = stuck.flatMap(({ work, signals }) => signals.map((signal) => ({ lead: work.lead.id, signal })));
      const stored = await readOccurrences(sql, wanted);
      for (const { work, signals } of stuck) work.queue.give(signals, stored.get(work.lead.id) ?? []);
    }
  }
}

function foldRound(works: readonly Work[]) {
  return works.flatMap((work) => {
    const signals = work.queue.fold(({ playbook, fact }, history) => {
      if (fact.kind === 'erased') {
        work.lead = erased(work.lead);
        return { newOccurrences: [], revoked: [] };
      }
      const result = foldEvidence(playbook, work.lead.state.evidence, fact, history);
      if ('needs' in result) return result;
      work.lead = takeEvidence(work.lead, result, fact);
      return result;
    });
    return signals ? [{ work, signals }] : [];
  });
}
