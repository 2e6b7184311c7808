import type { Band, Stage } from '../api/types.js';

const checks: Record<string, Partial<Record<Band, string>>> = {
  'lead>mql': {
    'too-loose': 'Too many pass. Check whether low-intent signals earn too many points, or whether fit is asked for at all.',
    'too-tight': 'Hardly anyone passes. Check whether thresholds were set for a richer set of signals than arrives.',
    watch: 'Near the upper edge. Look at what reps say about the newest campaigns before loosening anything.',
  },
  'mql>sql': {
    'too-loose': 'Sales turns most of them down. Read the reasons by campaign: a wrong size or role belongs into the fit score.',
    'too-tight': 'Nearly all become SQL. The MQL bar may be so high that good leads wait outside.',
    watch: 'Outside the healthy middle. Compare sources: usually one of them pulls it there.',
  },
  'sql>opportunity': {
    'too-loose': 'SQLs stall. Check whether timeline and budget were really confirmed, and how long first meetings take.',
    'too-tight': 'Almost every SQL opens a deal. Discovery may be happening before the SQL is recorded.',
    watch: 'A little outside the usual half to two thirds. Look at the time in stage.',
  },
  'opportunity>customer': {
    'too-loose': 'Few deals are won. Read the reasons of the lost ones, by persona and size.',
    'too-tight': 'Nearly all are won. Deals may be opened only when they are as good as signed.',
    watch: 'A little outside the usual quarter. Small numbers swing; mind the interval.',
  },
};

/** What a person should look at when a rate lies outside its healthy band; nothing when it is healthy. */
export function whatToCheck(from: Stage, to: Stage, band: Band | null): string | null {
  return band ? (checks[`${from}>${to}`]?.[band] ?? null) : null;
}
