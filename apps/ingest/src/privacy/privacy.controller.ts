import { privacyRoutes } from '@baton/contracts/http/privacy';
import { topics } from '@baton/contracts/topics';
import { normalEmail } from '@baton/domain/evidence/email';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Logger } from '@baton/observability/logger';
import type { Database, Sql } from '@baton/persistence/sql';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import type { Settings } from '@baton/service-kit/settings';
import { type Clock, CLOCK, DATABASE, LOGGER, SETTINGS, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { emailKey } from '../identity/identity-rows.js';
import { lockLeads } from '../identity/identity-store.js';
import { erasePerson } from './erase-person.js';
import { leadName } from './erased-names.js';
import { ErasedPeople } from './erased-people.js';
import { erasedAt } from './erasure-store.js';
import { eventsOf, findPerson, leadNamed } from './person-store.js';

const hourMs = 3_600_000;
const retentionMs = topics.leadEvents.retentionDays * 24 * hourMs;

type Subject = { readonly email: string } | { readonly leadId: string };

/** What the law lets a person ask of their data. */
@Controller()
export class PrivacyController {
  @Inject(DATABASE) private readonly database!: Database;
  @Inject(UNIT_OF_WORK) private readonly unit!: UnitOfWork;
  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(LOGGER) private readonly log!: Logger;
  @Inject(SETTINGS) private readonly settings!: Settings;
  @Inject(ErasedPeople) private readonly erased!: ErasedPeople;

  @Serves(privacyRoutes.erase)
  async erase({ body, principal }: Call<typeof privacyRoutes.erase>) {
    const subject = subjectOf(body, 'body');
    const at = this.clock();
    const { result: done, positions } = await this.unit.run(async (sql) => {
      const lead = await leadOf(sql, subject);
      return lead === null ? { result: null, publish: [] } : erasePerson(sql, lead, { at, hashOf: this.erased.hashOf });
    });
    const before = done ? null : await erasedAt(this.database, this.erased.hashOf(nameOf(subject)));
    if (!done && before === null) throw nobody(subject);
    const erased = {
      erasedAt: new Date(before ?? at).toISOString(),
      repeated: done === null,
      leads: done?.leads ?? [],
      deleted: done?.deleted ?? { events: 0, identifiers: 0, visitors: 0, leads: 0, deadLetters: 0 },
      lastCopyExpiresAt: this.lastCopyAfter(before ?? at),
    };
    const { leads, deleted, repeated } = erased;
    this.log.info('A person was erased on request', { by: principal.name, leads, deleted, repeated });
    return answer(erased, { after: positions });
  }

  /** The sweep that deletes comes within the hour; a broker deletes by segments of up to a day. */
  private lastCopyAfter(erasedAt: number): string {
    const sweepMs = this.settings.kafka ? 25 * hourMs : hourMs;
    return new Date(erasedAt + retentionMs + sweepMs).toISOString();
  }

  @Serves(privacyRoutes.export)
  async export({ query, principal }: Call<typeof privacyRoutes.export>) {
    const subject = subjectOf(query, 'query');
    const exported = await this.database.transaction((sql) => this.read(sql, subject));
    this.log.info('What is known of a person was exported on request', { by: principal.name, lead: exported.lead.id });
    return exported;
  }

  private async read(sql: Sql, subject: Subject) {
    const named = await leadOf(sql, subject);
    const person = named === null ? null : await findPerson(sql, named);
    const [id, ...absorbed] = person?.leads ?? [];
    const lead = id === undefined ? undefined : (await lockLeads(sql, [id])).get(id);
    if (!person || !lead) throw nobody(subject);
    const { userId, email, account, createdAt } = lead;
    const events = await eventsOf(sql, person.leads);
    return {
      exportedAt: new Date(this.clock()).toISOString(),
      lead: { id: lead.id, absorbed, userId, email, account, createdAt: new Date(createdAt).toISOString() },
      identifiers: person.identifiers,
      visitors: person.visitors,
      events: events.map(({ eventId, at, receivedAt, content }) => ({
        eventId,
        at: at.toISOString(),
        receivedAt: receivedAt.toISOString(),
        content: JSON.parse(content) as unknown,
      })),
      derived: {
        lead: `/api/leads/${lead.id}`,
        timeline: `/api/leads/${lead.id}/timeline`,
        explanation: `/api/leads/${lead.id}/explanation`,
      },
    };
  }
}

/** Exactly one of the two, and an e-mail that is one. */
function subjectOf({ email, leadId }: { email?: string; leadId?: string }, part: 'body' | 'query'): Subject {
  if ((email === undefined) === (leadId === undefined)) {
    throw badInput(`/${part}`, 'must name the person by either email or leadId');
  }
  if (leadId !== undefined) return { leadId };
  const normal = normalEmail(email);
  if (normal === undefined) throw badInput(`/${part}/email`, 'must be an e-mail address');
  return { email: normal };
}

function badInput(path: string, message: string) {
  return problem(400, 'Invalid request', `${path} ${message}`, { errors: [{ path, message }] });
}

function nameOf(subject: Subject): string {
  return 'email' in subject ? emailKey(subject.email) : leadName(subject.leadId);
}

async function leadOf(sql: Sql, subject: Subject): Promise<string | null> {
  return 'email' in subject ? leadNamed(sql, emailKey(subject.email)) : subject.leadId;
}

function nobody(subject: Subject) {
  const by = 'email' in subject ? 'this e-mail address' : `the id ${subject.leadId}`;
  return problem(
    404,
    'Nobody is known',
    `No lead has ${by}, and none that had it was erased; GET /api/leads finds leads.`,
  );
}
