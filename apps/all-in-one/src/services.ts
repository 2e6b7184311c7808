import { connectors } from '@baton/connectors/service';
import { ingest } from '@baton/ingest/service';
import { qualification } from '@baton/qualification/service';
import { reporting } from '@baton/reporting/service';
import { routing } from '@baton/routing/service';
import { scoring } from '@baton/scoring/service';
import type { ServiceDefinition } from '@baton/service-kit/define-service';
import { slaMonitor } from '@baton/sla-monitor/service';

/** Every service, in the order in which facts flow through them. */
export const services: readonly ServiceDefinition[] = [
  ingest,
  scoring,
  qualification,
  routing,
  slaMonitor,
  reporting,
  connectors,
];
