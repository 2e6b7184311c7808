import { Link } from '@tanstack/react-router';
import { ArrowLeft, Building2, Mail, Phone } from 'lucide-react';
import { ActionBar } from '../actions/action-bar.js';
import { targetOfLead } from '../actions/lead-target.js';
import type { Lead } from '../api/types.js';
import { ClockCard } from '../facts/clock-line.js';
import { OwnerName } from '../facts/owner-name.js';
import { ScoreMark } from '../facts/score-mark.js';
import { inWords } from '../facts/stage-words.js';
import styles from './lead-header.module.css';
import { StagePath } from './stage-path.js';

/** Who this is, how far they have come, whose they are, and the promise that runs. */
export function LeadHeader({ lead }: { lead: Lead }) {
  const target = targetOfLead(lead);
  const clock = lead.clocks.find(({ state }) => state !== 'cancelled') ?? null;
  return (
    <header className={styles['header']}>
      <Link to="/" search={{ lead: lead.id }} className={styles['back']}>
        <ArrowLeft aria-hidden="true" /> Queue
      </Link>
      <div className={styles['row']}>
        <div className={styles['identity']}>
          <ScoreMark scores={lead.scores} large />
          <div>
            <h1>{target.name}</h1>
            <p className={styles['about']}>
              {[lead.traits['title'], lead.persona === 'unknown' ? null : inWords(lead.persona)]
                .filter(Boolean)
                .join(' · ')}
            </p>
            <Contacts lead={lead} />
          </div>
        </div>
        {clock && (
          <div className={styles['clock']}>
            <ClockCard clock={clock} />
          </div>
        )}
      </div>
      <StagePath lead={lead} />
      <ActionBar target={target} />
    </header>
  );
}

function Contacts({ lead }: { lead: Lead }) {
  const phone = lead.traits['phone'];
  const company = companyOf(lead);
  return (
    <ul className={styles['contacts']}>
      {company && (
        <li>
          <Building2 aria-hidden="true" /> {company}
        </li>
      )}
      {lead.email && (
        <li>
          <Mail aria-hidden="true" /> <a href={`mailto:${lead.email}`}>{lead.email}</a>
        </li>
      )}
      {typeof phone === 'string' && (
        <li>
          <Phone aria-hidden="true" /> <a href={`tel:${phone}`}>{phone}</a>
        </li>
      )}
      <li>
        <OwnerName owner={lead.owner} />
      </li>
    </ul>
  );
}

function companyOf({ account }: Lead): string {
  const size = account?.employees ? `${account.employees.toLocaleString('en')} people` : null;
  return [account?.name ?? account?.domain, account?.industry, size].filter(Boolean).join(' · ');
}
