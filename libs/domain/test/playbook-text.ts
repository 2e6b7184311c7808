import { compilePlaybook } from '../src/playbook/compile-playbook.js';
import type { Playbook } from '../src/playbook/definition.js';

/** What a test says of its playbook; every default is a playbook that needs nothing and does nothing by itself. */
export interface PlaybookText {
  readonly traits?: string;
  readonly personas?: string;
  readonly signals?: string;
  readonly exclusions?: string;
  readonly engagement?: string;
  readonly fit?: string;
  readonly lead?: string;
  readonly mql?: string;
  readonly accepted?: string;
  readonly sql?: string;
  readonly checklist?: string;
  readonly reasons?: string;
  readonly slas?: string;
  readonly examples?: string;
}

const byHand = '{ enter: [ { id: by-hand, by: [marketing, sales], when: "true" } ] }';

/** A playbook around the parts that matter to a test, each in YAML flow style. */
export function playbookText(text: PlaybookText): string {
  return `apiVersion: baton/v1
kind: Playbook
metadata: { name: test, about: "A test.", owners: { marketing: [a@example.com], sales: [b@example.com] }, reviewEvery: 90d }
intents: [high, medium, low, negative]
traits: ${text.traits ?? '{}'}
personas: ${text.personas ?? '[]'}
signals: ${text.signals ?? '{ hi: { on: Hi, intent: high }, mid: { on: Mid, intent: medium }, lo: { on: Lo, intent: low }, neg: { on: Neg, intent: negative } }'}
exclusions: ${text.exclusions ?? '[]'}
scores: { engagement: ${text.engagement ?? '{ rules: [ { id: hi, signal: hi, points: 20, times: 5 } ] }'}, fit: ${text.fit ?? '{ rules: [ { id: size, when: "account.employees >= 50", points: 20 } ], grades: { A: 20, B: 10, C: 5 } }'} }
stages: { lead: ${text.lead ?? '{}'}, mql: ${text.mql ?? byHand}, accepted: ${text.accepted ?? '{ by: [sales] }'}, sql: ${text.sql ?? byHand}, opportunity: { by: [sales, crm] }, customer: { by: [sales, crm] } }
checklist: ${text.checklist ?? '[]'}
reasons: ${text.reasons ?? '[ { id: later, label: Later, to: [nurture], wakeAfter: 10d }, { id: no, label: No, to: [disqualified, lost], wakeAfter: 60d } ]'}
slas: ${text.slas ?? '[ { id: day, firstTouch: 24h, hours: always } ]'}
routing: { rules: [ { id: all, to: "team:inbound" } ], fallback: "team:inbound" }
examples: ${text.examples ?? '[]'}
`;
}

/** The compiled playbook; its faults are the test's error message. */
export function aPlaybook(text: PlaybookText): Playbook {
  const source = playbookText(text);
  const { playbook, faults } = compilePlaybook(source);
  if (playbook === null) {
    throw new Error(faults.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  }
  return playbook;
}
