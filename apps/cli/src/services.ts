import { connectors } from '@baton/connectors/service';
import { ingest } from '@baton/ingest/service';
import { qualification } from '@baton/qualification/service';
import { reporting } from '@baton/reporting/service';
import { routing } from '@baton/routing/service';
import { scoring } from '@baton/scoring/service';
import { slaMonitor } from '@baton/sla-monitor/service';

/** Every service that `baton start` can start. */
export const services = [ingest, scoring, qualification, routing, slaMonitor, reporting, connectors];
