import { qualificationRoutes } from '@baton/contracts/http/qualification';
import { runExamples } from '@baton/domain/examples/run-example';
import { explainLead } from '@baton/domain/lifecycle/explain';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { RuledStage } from '@baton/domain/playbook/definition';
import type { Database } from '@baton/persistence/sql';
import { problem } from '@baton/service-kit/problem';
import { answer, type Call, Serves } from '@baton/service-kit/serves';
import { type Clock, CLOCK, DATABASE } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { Playbooks, type PublishedPlaybook } from './playbooks.js';
import { LeadStates } from './lead-states.js';

const ruledStages: readonly RuledStage[] = ['lead', 'mql', 'accepted', 'sql', 'opportunity', 'customer'];

/** Shows definitions and explains leads by them. */
@Controller()
export class PlaybooksController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Playbooks) private readonly playbooks: Playbooks,
    @Inject(LeadStates) private readonly states: LeadStates,
  ) {}

  @Serves(qualificationRoutes.explain)
  async explain({ params }: Call<typeof qualificationRoutes.explain>) {
    const lead = await this.states.read(this.database, params.id);
    if (!lead || lead.state.gone === 'erased')
      throw problem(404, 'No such lead', `There is no lead ${params.id}; look it up with GET /api/leads.`);
    const { survivor } = lead.state;
    if (survivor !== undefined) {
      const location = `/api/leads/${encodeURIComponent(survivor)}/explanation`;
      return answer({ id: survivor }, { status: 308, headers: { location } });
    }
    const { playbook, ref } = await this.playbooks.governing(this.database, lead.partition);
    const explanation = explainLead(playbook, lead.state, this.clock());
    return { ...explanation, playbook: ref };
  }

  @Serves(qualificationRoutes.activePlaybook)
  async active() {
    const { ref, row, playbook } = await this.playbooks.governing(this.database, 0);
    const { metadata, stages, checklist, reasons, signals, slas } = playbook.definition;
    return {
      ...ref,
      about: metadata.about ?? null,
      bootstrap: row.bootstrap,
      stages: ruledStages.map((id) => ({
        id,
        entry: (stages[id]?.enter ?? []).map((rule) => ({ id: rule.id, when: rule.when?.text ?? null, by: rule.by })),
      })),
      checklist: checklist.map(({ from: _from, ...item }) => item),
      reasons: reasons.map(({ id, label, to, wakeAfterMs }) => ({
        id,
        label,
        to,
        wakeAfterSeconds: wakeAfterMs === undefined ? null : wakeAfterMs / 1000,
      })),
      signals: signals.map(({ id, intent, title }) => ({ id, intent, title })),
      slas: slas.map(({ id, firstTouchMs, hours }) => ({ id, firstTouchSeconds: firstTouchMs / 1000, hours })),
    };
  }

  @Serves(qualificationRoutes.listPlaybooks)
  async list() {
    await this.playbooks.refresh();
    const active = await this.playbooks.governing(this.database, 0);
    return { items: this.playbooks.all().map((published) => listed(published, active)), next: null };
  }

  @Serves(qualificationRoutes.getPlaybook)
  async get({ params }: Call<typeof qualificationRoutes.getPlaybook>) {
    await this.playbooks.refresh();
    const found = this.playbooks.all().find(({ ref }) => ref.name === params.name && ref.version === params.version);
    if (!found)
      throw problem(
        404,
        'No such playbook',
        `There is no playbook ${params.name}@${params.version}; see GET /api/playbooks.`,
      );
    const { bootstrap: _bootstrap, ...row } = found.row;
    return row;
  }

  @Serves(qualificationRoutes.checkPlaybook)
  check({ body }: Call<typeof qualificationRoutes.checkPlaybook>) {
    const { playbook, faults } = compilePlaybook(body.source);
    const examples = playbook ? runExamples(playbook) : [];
    return {
      valid: playbook !== null && examples.every(({ passed }) => passed),
      faults,
      examples: examples.map(({ name, passed, differences }) => ({ name, passed, differences })),
    };
  }
}

function listed({ ref, row }: PublishedPlaybook, active: PublishedPlaybook) {
  return {
    ...ref,
    publishedAt: row.publishedAt,
    bootstrap: row.bootstrap,
    active: ref.hash === active.ref.hash && ref.version === active.ref.version,
  };
}
