/** Shapes of the public HTTP interface as the console reads them. Times are RFC 3339, rates 0 to 1, durations seconds. */

export type Stage =
  'visitor' | 'lead' | 'mql' | 'accepted' | 'sql' | 'opportunity' | 'customer' | 'nurture' | 'disqualified' | 'lost';

export interface List<T> {
  items: T[];
  next: string | null;
  /** The server answered with what it had although the command named by `after` is not in it yet. */
  stale?: boolean;
}

export interface Session {
  role: 'viewer' | 'rep' | 'manager' | 'marketing' | 'crm' | 'admin';
  name: string;
}

export interface Scores {
  fit: number;
  engagement: number;
  total: number;
  grade: 'A' | 'B' | 'C' | 'D' | 'unknown';
  asOf: string;
}

export interface Owner {
  rep: string | null;
  team: string | null;
  since?: string;
}

export interface Clock {
  id: string;
  sla: string;
  state: 'running' | 'warned' | 'paused' | 'met' | 'breached' | 'cancelled';
  promiseSeconds?: number;
  hours?: 'business' | 'always';
  startedAt: string;
  dueAt: string;
  metAt: string | null;
  breachedAt: string | null;
}

export interface CountedSignal {
  signal: string;
  title?: string;
  intent: string;
  at: string;
  event?: string;
  offer?: string;
  topic?: string;
  product?: string;
}

export interface Answer {
  value: unknown;
  at: string;
  /** `lead`: taken from what the lead already told us. */
  by: 'lead' | 'person';
}

export interface Handoff {
  source: string | null;
  campaign: string | null;
  reasons: string[];
  signals: CountedSignal[];
  pages: { path: string; title?: string; at: string }[];
  forms?: { form: string; fields: Record<string, unknown>; at: string }[];
  answers: Record<string, Answer>;
  open?: { id: string; ask: string }[];
  nextStep: string | null;
  littleContext?: boolean;
}

interface Account {
  domain?: string;
  name?: string;
  industry?: string;
  employees?: number;
  country?: string;
  [trait: string]: unknown;
}

interface Identity {
  id: string;
  email: string | null;
  name: string | null;
  company: string | null;
  persona: string;
}

interface Position {
  stage: Stage;
  cycle: number;
  since: string | null;
  scores: Scores | null;
  owner: Owner | null;
  clock: Clock | null;
}

export interface QueueItem extends Position {
  lead: Identity;
  handoff: Handoff | null;
  nextStep: string | null;
  /** Why this lead is where it is in the queue, in words. */
  reason: string | null;
}

export interface LeadSummary extends Identity, Position {}

export interface Lead extends LeadSummary {
  traits: Record<string, unknown>;
  account: Account | null;
  clocks: Clock[];
  handoff: Handoff | null;
  answers: Record<string, Answer>;
}

export type TimelineKind =
  'event' | 'signal' | 'score' | 'stage' | 'assignment' | 'touch' | 'attempt' | 'clock' | 'answer';

export interface TimelineItem {
  id: string;
  at: string;
  kind: TimelineKind;
  title: string;
  data: Record<string, unknown> | null;
}

export interface Award {
  rule: string;
  points: number;
  /** Engagement: points when it was earned; `points` is what is left of them now. */
  awarded?: number;
  signal?: string;
  event?: string;
  at?: string;
  /** Fit: the fields and values that made the rule hold. */
  because?: Record<string, unknown>;
}

export interface LedgerOf {
  value: number;
  sum: number;
  ledger: Award[];
}

export interface Explanation {
  asOf: string;
  playbook: { name: string; version: number };
  scores: { engagement: LedgerOf; fit: LedgerOf; total: number; grade: Scores['grade'] };
  stages: { stage: Stage; criteria: { id: string; holds: boolean; missing?: string }[] }[];
}

export interface ChecklistItem {
  id: string;
  ask: string;
  type: 'text' | 'choice' | 'choices' | 'number' | 'days' | 'date' | 'yes-no';
  options?: string[];
  required?: boolean;
}

export interface Reason {
  id: string;
  label: string;
  to: Stage[];
}

export interface Playbook {
  name: string;
  version: number;
  checklist: ChecklistItem[];
  reasons: Reason[];
}

export interface Roster {
  teams: { id: string; name?: string; members?: string[] }[];
  reps: { id: string; name: string; leave?: { from: string; to: string }[] }[];
}

export type Band = 'healthy' | 'watch' | 'too-loose' | 'too-tight';

export interface Transition {
  from: Stage;
  to: Stage;
  entered: number;
  converted: number;
  rate: number | null;
  interval: [number, number] | null;
  medianSeconds: number | null;
  p90Seconds: number | null;
  band: Band | null;
  /** Those who came to `to` without passing `from`. */
  direct: number;
  /** What to look at, in words. */
  check: string | null;
  /** Share of the entered whose outcome is known, or who have waited longer than nine in ten of the converted did. */
  maturity: number | null;
}

export interface FunnelGroup {
  key: string | null;
  stages: { stage: Stage; reached: number }[];
  transitions: Transition[];
}

export interface Funnel {
  from: string | null;
  to: string | null;
  playbooks: string[];
  groups: FunnelGroup[];
}

export interface SpeedToLead {
  groups: {
    key: string | null;
    leads: number;
    touched: number;
    medianSeconds: number | null;
    p90Seconds: number | null;
    tiers: {
      id: string;
      leads: number;
      share: number | null;
      converted: number;
      rate: number | null;
      interval: [number, number] | null;
    }[];
  }[];
}

export interface Start {
  writeKey: string;
  url: string;
  arrived: { page: boolean; identify: boolean; form: boolean; import: boolean; lead: boolean };
}

/** What a person may send with a move to another stage. */
export interface Move {
  to: Stage;
  reason?: string;
  note?: string;
  answers?: Record<string, unknown>;
  amount?: number;
  closeDate?: string;
  followUp?: string;
}

export interface Activity {
  kind: 'call' | 'email' | 'message' | 'meeting';
  direction: 'outbound' | 'inbound';
  outcome: string;
  note?: string;
}
