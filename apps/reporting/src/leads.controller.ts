import {
  type LeadDetail,
  reportingRoutes as routes,
  type TimelineItem,
  timelineKinds,
  type TimelineKind,
} from '@baton/contracts/http/reporting';
import type { Database } from '@baton/persistence/sql';
import { problem } from '@baton/service-kit/problem';
import { type Answer, type Call, Serves, answer } from '@baton/service-kit/serves';
import { DATABASE } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { cursorNumber, cursorText, cursorTime, readCursor, writeCursor } from './cursor.js';
import { findLeads, readLeads } from './lead-store.js';
import { leadDetail, leadSummary, queueItem } from './lead-view.js';
import { survivorOf } from './profile-store.js';
import { type QueuePlace, readQueue } from './queue-store.js';
import { readTimeline } from './timeline-store.js';

/** Leads as people look them up: lists, one lead, its timeline, the work queue. */
@Controller()
export class LeadsController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Serves(routes.listLeads)
  async list({ query }: Call<typeof routes.listLeads>) {
    const { cursor, limit, ...filter } = query;
    const after = readCursor(cursor, [sortPattern[query.sort], cursorText]) as [string, string] | undefined;
    const found = await findLeads(this.database, { ...filter, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    const rows = await readLeads(
      this.database,
      page.map(({ lead }) => lead),
    );
    return { items: rows.map(leadSummary), next: last ? writeCursor([last.value, last.lead]) : null };
  }

  @Serves(routes.getLead)
  async get({ params }: Call<typeof routes.getLead>): Promise<LeadDetail | Answer> {
    const [row] = await readLeads(this.database, [params.id]);
    return row ? leadDetail(row) : this.elsewhere(params.id, '');
  }

  @Serves(routes.getTimeline)
  async timeline({ params, query }: Call<typeof routes.getTimeline>) {
    const before = readCursor(query.cursor, [cursorTime, cursorText]) as [string, string] | undefined;
    const kinds = kindsOf(query.kind);
    const found = await readTimeline(this.database, { lead: params.id, kinds, before, limit: query.limit + 1 });
    if (found.length === 0 && (await readLeads(this.database, [params.id])).length === 0) {
      return this.elsewhere(params.id, '/timeline');
    }
    const items = found.slice(0, query.limit).map(({ id, at, kind, title, data }): TimelineItem => {
      return { id, at: at.toISOString(), kind, title, data: data === null ? null : (JSON.parse(data) as unknown) };
    });
    const last = found.length > query.limit ? items.at(-1) : undefined;
    return { items, next: last ? writeCursor([last.at, last.id]) : null };
  }

  @Serves(routes.getQueue)
  async queue({ query }: Call<typeof routes.getQueue>) {
    const after = readCursor(query.cursor, [/^(true|false)$/, cursorTime, cursorNumber, cursorText]) as
      QueuePlace | undefined;
    const found = await readQueue(this.database, { owners: query.owner?.split(','), after, limit: query.limit + 1 });
    const page = found.slice(0, query.limit);
    const last = found.length > query.limit ? page.at(-1) : undefined;
    const rows = await readLeads(
      this.database,
      page.map(({ lead }) => lead),
    );
    return { items: rows.map(queueItem), next: last ? writeCursor(last.place) : null };
  }

  /** An absorbed lead goes on under another id; anything else unknown is a 404. */
  private async elsewhere(id: string, below: string): Promise<Answer> {
    const survivor = await survivorOf(this.database, id);
    if (typeof survivor === 'string') {
      return answer(
        { id: survivor },
        { status: 308, headers: { location: `/api/leads/${encodeURIComponent(survivor)}${below}` } },
      );
    }
    throw problem(404, 'No such lead', `No lead has the id ${id}. Look it up with GET /api/leads?email= or ?q=`);
  }
}

const sortPattern = { created: cursorTime, since: cursorTime, score: cursorNumber, email: cursorText };

function kindsOf(text: string | undefined): readonly TimelineKind[] | undefined {
  const kinds = text?.split(',');
  const unknown = kinds?.find((kind) => !(timelineKinds as readonly string[]).includes(kind));
  if (unknown === undefined) return kinds as TimelineKind[] | undefined;
  const message = `has no kind ${unknown}: kinds are ${timelineKinds.join(', ')}`;
  throw problem(400, 'Invalid request', `/query/kind ${message}`, { errors: [{ path: '/query/kind', message }] });
}
