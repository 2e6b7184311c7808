import type { Sql } from '@baton/persistence/sql';
import { Injectable } from '@nestjs/common';
import type { IdentityDraft } from '../identity/identity-draft.js';
import type { IncomingEvent } from '../identity/incoming-event.js';
import { keepArrivals } from './arrivals-store.js';

export const arrivalKinds = ['page', 'identify', 'form', 'import', 'lead'] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

/** Remembers what has ever arrived, for the first page of a new installation; asks the database only for what is new. */
@Injectable()
export class Arrivals {
  private readonly known = new Set<ArrivalKind>();

  /** Stores what came for the first time; call the answer once that is committed. */
  async keep(sql: Sql, { history, facts }: IdentityDraft): Promise<() => void> {
    const kinds = new Set(
      this.known.size === arrivalKinds.length ? [] : history.flatMap(({ event }) => kindsOf(event)),
    );
    if (facts.length > 0) kinds.add('lead');
    const fresh = [...kinds].filter((kind) => !this.known.has(kind));
    if (fresh.length > 0) await keepArrivals(sql, fresh);
    return () => fresh.forEach((kind) => this.known.add(kind));
  }
}

function kindsOf({ content }: IncomingEvent): ArrivalKind[] {
  const kinds: ArrivalKind[] = [];
  if (content.historic) kinds.push('import');
  if (content.type === 'page' || content.type === 'identify') kinds.push(content.type);
  if (content.type === 'track' && content.name === 'Form Submitted') kinds.push('form');
  return kinds;
}
