import type { HealthBand } from '@baton/domain/statistics/health-band';

type Advice = Readonly<Partial<Record<HealthBand, string>>>;

const advice: Readonly<Record<string, Advice>> = {
  'lead-mql': {
    'too-loose': 'Almost anybody becomes an MQL: raise the threshold, or ask for fit as well as behaviour.',
    watch: 'Many leads become MQLs: see by campaign which of them sales accepts.',
    'too-tight':
      'Hardly any lead becomes an MQL: see in the ledgers which rule nobody fulfils, or which campaign brings the wrong people.',
  },
  'mql-sql': {
    'too-loose':
      'Sales takes few MQLs further: read the reasons for setting them aside, and tighten the MQL rules that let those in.',
    watch: 'MQL and SQL are drifting apart: compare reasons and time to first touch by campaign.',
    'too-tight':
      'Sales takes nearly every MQL further: the MQL rules may keep good leads waiting; try a lower threshold on past leads.',
  },
  'sql-opportunity': {
    'too-loose':
      'SQLs stall before they become opportunities: check whether discovery confirmed need, timeline and budget.',
    'too-tight':
      'Nearly every SQL becomes an opportunity: qualification may come too late; see how long leads stay accepted.',
  },
  'opportunity-customer': {
    'too-loose': 'Few opportunities are won: read the reasons for losing by source and persona.',
    'too-tight': 'Most opportunities are won: opportunities may be created only when the deal is nearly done.',
  },
};

/** What to look at for a transition in a band, in a sentence; null where there is nothing to say. */
export function whatToCheck(from: string, to: string, band: HealthBand | null): string | null {
  const name = `${from}-${to}`;
  return band !== null && Object.hasOwn(advice, name) ? (advice[name]?.[band] ?? null) : null;
}
