import type { Analytics } from '@segment/analytics-node';
import type { Connection } from '../connection.js';
import type { Chance } from './chance.js';
import type { Person } from './people.js';

export interface Website {
  readonly analytics: Analytics;
  readonly connection: Connection;
  readonly writeKey: string;
  readonly chance: Chance;
}

const dayMs = 86_400_000;
const browsing = ['/', '/product', '/blog/lead-scoring', '/customers', '/integrations', '/security', '/docs/start'];

/** Sends what one person does, from the first page to the last form; answers how many events that were. */
export async function visit({ analytics, connection, writeKey, chance }: Website, person: Person): Promise<number> {
  const story = new Story(analytics, chance, person);
  story.browse();
  if (person.interest < 0.35) return story.events;
  story.tellWhoTheyAre();
  if (person.interest > 0.5) story.track('Content Downloaded', { offer: 'integration-guide', topic: 'integrations' });
  if (person.interest > 0.6) story.track('Webinar Attended', { topic: 'speed-to-lead' });
  if (person.interest > 0.65) story.page('/pricing');
  if (person.interest > 0.7) story.page('/pricing');
  if (person.interest > 0.75) await story.askForDemo(connection, writeKey);
  if (person.interest > 0.9) story.track('Signed Up', { plan: 'trial' });
  if (chance.happens(0.04)) story.track('Unsubscribed', {});
  return story.events;
}

/** A person's events in the order of their times, the last of them just now. */
class Story {
  events = 0;
  private at: number;

  constructor(
    private readonly analytics: Analytics,
    private readonly chance: Chance,
    private readonly person: Person,
  ) {
    this.at = Date.now() - chance.between(0, 9) * dayMs - dayMs / 4;
  }

  browse(): void {
    const pages = this.chance.between(1, 6);
    for (let count = 0; count < pages; count++) this.page(this.chance.oneOf(browsing));
  }

  page(path: string): void {
    this.analytics.page({
      ...this.base(),
      properties: { path, url: `https://www.baton.example${path}`, title: path },
      context: this.context(),
    });
  }

  track(event: string, properties: Record<string, unknown>): void {
    this.analytics.track({ ...this.base(), userId: this.person.email, event, properties, context: this.context() });
  }

  tellWhoTheyAre(): void {
    const { email, name, title, country, company } = this.person;
    this.analytics.identify({
      ...this.base(),
      userId: email,
      traits: { email, name, title, country, source: this.person.campaign?.source ?? 'direct' },
      context: this.context(),
    });
    this.analytics.group({
      ...this.base(),
      userId: email,
      groupId: company.domain,
      traits: { ...company },
      context: this.context(),
    });
  }

  async askForDemo({ url }: Connection, writeKey: string): Promise<void> {
    await this.analytics.flush();
    const { email, name, anonymousId, company } = this.person;
    const fields = {
      email,
      name,
      company: company.name,
      problem: this.chance.oneOf(['Leads wait for days', 'Nobody trusts the score', 'Hand-offs lose context']),
      anonymousId,
    };
    this.events += 1;
    await fetch(`${url}/v1/forms/demo?writeKey=${encodeURIComponent(writeKey)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    });
  }

  private base() {
    this.events += 1;
    this.at = Math.min(Date.now(), this.at + this.chance.between(20_000, dayMs / 6));
    return { anonymousId: this.person.anonymousId, timestamp: new Date(this.at) };
  }

  private context() {
    const { campaign } = this.person;
    return campaign ? { campaign: { ...campaign } } : {};
  }
}
