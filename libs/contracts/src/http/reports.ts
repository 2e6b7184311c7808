import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { Stage } from '../lead-stages.js';

function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

const Interval = Type.Unsafe<readonly [number, number]>(
  Type.Array(Type.Number(), { minItems: 2, maxItems: 2, description: '95 % Wilson interval' }),
);
const rate = {
  rate: nullable(Type.Number({ description: 'null when the denominator is 0' })),
  interval: nullable(Interval),
};

export const reportGroups = [
  'campaign',
  'source',
  'medium',
  'persona',
  'offer',
  'territory',
  'rep',
  'team',
  'product',
  'playbook',
] as const;
export type ReportGroup = (typeof reportGroups)[number];

const window = {
  from: nullable(Time),
  to: nullable(Time),
  by: nullable(Type.String()),
  playbooks: Type.Array(Type.String({ description: 'name@version' })),
};

export const Transition = Type.Object({
  from: Stage,
  to: Stage,
  entered: Type.Integer({ description: 'cycles that entered the earlier stage: the denominator' }),
  converted: Type.Integer({ description: 'those of them that entered the later stage: the numerator' }),
  direct: Type.Integer({ description: 'cycles that entered the later stage without the earlier one' }),
  ...rate,
  medianSeconds: nullable(Type.Number()),
  p90Seconds: nullable(Type.Number()),
  band: nullable(
    Type.String({ description: 'healthy, watch, too-loose or too-tight; null without a band or without data' }),
  ),
  check: nullable(Type.String({ description: 'what to look at, in words' })),
  maturity: nullable(
    Type.Number({
      description:
        'share of the entered that converted, went aside or have waited longer than nine in ten of the converted did',
    }),
  ),
});
export type Transition = Static<typeof Transition>;

export const FunnelReport = Type.Object({
  ...window,
  visitors: Type.Integer(),
  groups: Type.Array(
    Type.Object({
      key: nullable(Type.String()),
      stages: Type.Array(Type.Object({ stage: Stage, reached: Type.Integer(), entered: Type.Integer() })),
      transitions: Type.Array(Transition),
    }),
  ),
});
export type FunnelReport = Static<typeof FunnelReport>;

export const speedTiers = ['5m', '1h', '1d', '1w', 'later', 'never'] as const;

export const SpeedReport = Type.Object({
  ...window,
  groups: Type.Array(
    Type.Object({
      key: nullable(Type.String()),
      leads: Type.Integer({ description: 'cycles that entered mql or sql' }),
      touched: Type.Integer(),
      medianSeconds: nullable(Type.Number()),
      p90Seconds: nullable(Type.Number()),
      business: Type.Object({
        leads: Type.Integer({ description: 'touched cycles whose team keeps working hours' }),
        medianSeconds: nullable(Type.Number()),
        p90Seconds: nullable(Type.Number()),
        outsideHours: Type.Integer({ description: 'touched while their team was closed' }),
      }),
      tiers: Type.Array(
        Type.Object({
          id: Type.Union(speedTiers.map((tier) => Type.Literal(tier))),
          leads: Type.Integer(),
          share: nullable(Type.Number()),
          converted: Type.Integer({
            description: 'those that went on to a stage beyond the one that started the wait',
          }),
          ...rate,
        }),
      ),
    }),
  ),
});
export type SpeedReport = Static<typeof SpeedReport>;

const promises = {
  promises: Type.Integer({ description: 'clocks that were started and not cancelled' }),
  met: Type.Integer(),
  breached: Type.Integer(),
  open: Type.Integer({ description: 'neither met nor breached yet' }),
  cancelled: Type.Integer(),
  rate: nullable(Type.Number({ description: 'met in time, of those decided' })),
  interval: nullable(Interval),
};

export const SlaReport = Type.Object({
  ...window,
  groups: Type.Array(
    Type.Object({
      key: nullable(Type.String()),
      ...promises,
      tiers: Type.Array(Type.Object({ id: Type.String(), ...promises })),
    }),
  ),
});
export type SlaReport = Static<typeof SlaReport>;
