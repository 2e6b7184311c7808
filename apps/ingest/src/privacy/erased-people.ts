import type { Metrics } from '@baton/observability/metrics';
import type { Settings } from '@baton/service-kit/settings';
import { METRICS, SETTINGS } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { type HashName, hashNamesWith } from './erased-names.js';

/** How this installation knows the names of people who were erased, and how often something still came of them. */
@Injectable()
export class ErasedPeople {
  readonly hashOf: HashName;
  private readonly count: (events: number) => void;

  constructor(@Inject(SETTINGS) settings: Settings, @Inject(METRICS) metrics: Metrics) {
    this.hashOf = hashNamesWith(settings.secret);
    const counter = metrics.counter({
      name: 'baton_ingest_erased_events_total',
      help: 'Events of erased people that were taken and dropped',
    });
    this.count = (events) => counter.inc(events);
  }

  countDropped(events: number): void {
    if (events > 0) this.count(events);
  }
}
