export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** The standard settings of OpenTelemetry, as far as they are supported here. */
export interface TracingOptions {
  /** Base address of an OTLP/HTTP collector, `http://localhost:4318`; spans go to `/v1/traces` below it, as JSON. */
  readonly endpoint: string;
  readonly sampler: (typeof samplers)[number];
  /** Share of the traces to keep, 0 to 1, for the samplers by ratio. */
  readonly ratio: number;
}
