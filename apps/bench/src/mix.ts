/** One event as a Segment SDK would send it. */
export type MixedEvent = Readonly<Record<string, unknown>> & { readonly messageId: string };

export interface MixOptions {
  /** How many leads the events are spread over. */
  readonly leads: number;
  /** Distinguishes the ids of one run from another's. */
  readonly run: string;
  /** Share of late events; the default mix has 0.02. */
  readonly late?: number;
  readonly repeats?: number;
  /** Distinguishes the messages of one round from another's over the same leads. */
  readonly round?: number;
}

const pages = ['/', '/product', '/docs', '/blog/scoring', '/customers', '/integrations', '/pricing'];
const hourMs = 3_600_000;

/**
 * The mix of the benchmark: 2 % identify, 88 % page and track, 8 % repeats of a recent event, 2 % late; about one lead in a
 * hundred does what makes it an MQL. Every lead is identified before its first other event.
 */
export class EventMix {
  private made = 0;
  private readonly identifiedLeads: Set<number>;
  private readonly recent: MixedEvent[] = [];

  constructor(
    private readonly options: MixOptions,
    identified: Iterable<number> = [],
  ) {
    this.identifiedLeads = new Set(identified);
  }

  next(): MixedEvent {
    const { late = 0.02, repeats = 0.08 } = this.options;
    const place = (this.made * 0.618_033_988_749_895) % 1;
    this.made += 1;
    const known = this.recent.length > 500;
    if (known && place < repeats) return this.recent[this.made % this.recent.length]!;
    const lead = Math.floor(((this.made * 0.754_877_666_246_693) % 1) * this.options.leads);
    const event = this.eventOf(lead, {
      identify: place >= 0.98 || !this.identifiedLeads.has(lead),
      late: known && place < repeats + late,
    });
    this.recent[this.made % 1000] = event;
    return event;
  }

  batch(size: number): MixedEvent[] {
    return Array.from({ length: size }, () => this.next());
  }

  private eventOf(lead: number, { identify, late }: { identify: boolean; late: boolean }): MixedEvent {
    const at = Date.now() - (late ? hourMs : 0);
    const base = {
      messageId: `${this.options.run}-${this.options.round ?? 'first'}-${this.made}`,
      userId: `${this.options.run}-lead-${lead}`,
      anonymousId: `${this.options.run}-browser-${lead}`,
      timestamp: new Date(at).toISOString(),
    };
    if (identify) return this.identify(lead, base);
    if (lead % 100 === 0 && this.made % 3 === 0)
      return {
        ...base,
        type: 'track',
        event: this.made % 2 === 0 ? 'Webinar Attended' : 'Content Downloaded',
        properties: { offer: 'guide' },
      };
    if (this.made % 5 === 0)
      return { ...base, type: 'track', event: 'Feature Viewed', properties: { feature: `f${this.made % 20}` } };
    const path = pages[this.made % (lead % 100 === 0 ? 7 : 6)]!;
    return {
      ...base,
      type: 'page',
      properties: { path, url: `https://www.acme.example${path}`, title: 'A page of the site' },
    };
  }

  private identify(lead: number, base: MixedEvent): MixedEvent {
    this.identifiedLeads.add(lead);
    const email = `person-${lead}@company-${lead % 5000}.example`;
    const title = lead % 100 === 0 ? 'Director of Engineering' : 'Engineer';
    return {
      ...base,
      type: 'identify',
      traits: { email, name: `Person ${lead}`, title, company: { employees: 220, industry: 'SaaS' } },
    };
  }
}
