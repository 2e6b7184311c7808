import type { TObject } from '@sinclair/typebox';
import { deadLettered, keyPublished, playbookPublished, rosterPublished } from './definitions.js';
import type { FactDefinition } from './envelope.js';
import { leadAssigned, leadUnassigned } from './lead-assignments.js';
import {
  leadAbsorbed,
  leadActivityRecorded,
  leadEngaged,
  leadEngagementRevoked,
  leadErased,
  leadIdentified,
  leadOutcomeRecorded,
  leadProfileUpdated,
  leadStageImported,
  leadsMerged,
  playbookActivated,
} from './lead-events.js';
import { leadScored } from './lead-scores.js';
import { leadSnapshot } from './lead-snapshots.js';
import { leadAnswered, leadCorrected, leadOutcomeNotApplied, leadStageChanged } from './lead-stages.js';
import {
  clockAcknowledged,
  clockBreached,
  clockCancelled,
  clockCorrected,
  clockEscalated,
  clockMet,
  clockPaused,
  clockResumed,
  clockStarted,
  clockWarned,
} from './sla-clocks.js';
import { visitorEventAccepted } from './visitor-events.js';

export const services = [
  'ingest',
  'scoring',
  'qualification',
  'routing',
  'sla-monitor',
  'reporting',
  'connectors',
] as const;
export type ServiceName = (typeof services)[number];

export interface Topic {
  readonly name: string;
  readonly producer: ServiceName;
  /** Public topics are a promise to outsiders; the others may change with any release. */
  readonly public: boolean;
  /** Compacted topics keep the newest fact per key for ever; the others keep `retentionDays`. */
  readonly compacted: boolean;
  readonly retentionDays: number;
  /** `spread`: partitioned by key hash over the installation's partition count; `single`: one partition. */
  readonly partitioning: 'spread' | 'single';
  /** Written to the log at once, without an outbox: no state goes with it, and its positions are the log's own. */
  readonly direct?: true;
  readonly facts: readonly FactDefinition<string, TObject>[];
}

const stream = { compacted: false, retentionDays: 7, partitioning: 'spread' } as const;
const table = { compacted: true, retentionDays: 7, partitioning: 'single' } as const;

export const topics = {
  visitorEvents: {
    ...stream,
    name: 'visitor.events',
    producer: 'ingest',
    public: false,
    direct: true,
    facts: [visitorEventAccepted],
  },
  leadEvents: {
    ...stream,
    name: 'lead.events',
    producer: 'ingest',
    public: false,
    facts: [
      leadIdentified,
      leadEngaged,
      leadEngagementRevoked,
      leadProfileUpdated,
      leadActivityRecorded,
      leadOutcomeRecorded,
      leadStageImported,
      leadsMerged,
      leadAbsorbed,
      leadErased,
      playbookActivated,
    ],
  },
  leadScores: { ...stream, name: 'lead.scores', producer: 'scoring', public: false, facts: [leadScored] },
  leadStages: {
    ...stream,
    name: 'lead.stages',
    producer: 'qualification',
    public: true,
    facts: [leadStageChanged, leadAnswered, leadCorrected, leadOutcomeNotApplied, leadAbsorbed, leadErased],
  },
  leadAssignments: {
    ...stream,
    name: 'lead.assignments',
    producer: 'routing',
    public: true,
    facts: [leadAssigned, leadUnassigned],
  },
  slaClocks: {
    ...stream,
    name: 'sla.clocks',
    producer: 'sla-monitor',
    public: true,
    facts: [
      clockStarted,
      clockWarned,
      clockPaused,
      clockResumed,
      clockMet,
      clockBreached,
      clockEscalated,
      clockAcknowledged,
      clockCorrected,
      clockCancelled,
    ],
  },
  leadSnapshots: {
    ...stream,
    compacted: true,
    name: 'lead.snapshots',
    producer: 'reporting',
    public: true,
    facts: [leadSnapshot],
  },
  playbooks: { ...table, name: 'playbooks', producer: 'qualification', public: false, facts: [playbookPublished] },
  roster: { ...table, name: 'roster', producer: 'routing', public: false, facts: [rosterPublished] },
  access: { ...table, name: 'access', producer: 'ingest', public: false, facts: [keyPublished] },
} as const satisfies Record<string, Topic>;

/** Where a service puts what it could not handle. */
export function deadLettersOf(service: ServiceName): Topic {
  return {
    ...stream,
    name: `dead-letters.${service}`,
    producer: service,
    public: false,
    partitioning: 'single',
    facts: [deadLettered],
  };
}
