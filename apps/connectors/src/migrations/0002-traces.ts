import type { Migration } from '@baton/persistence/sql';

export const deliveryTraces: Migration = {
  name: '0002_traces',
  up: `
    -- the W3C trace context of the fact that is told
    alter table deliveries add column traceparent text;
  `,
};
