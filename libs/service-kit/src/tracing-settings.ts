import { type TracingOptions, samplers } from '@baton/observability/tracing-options';
import type { EnvironmentReader } from './environment-reader.js';

/** Reads the standard variables of OpenTelemetry; undefined without a collector. Faults go to the reader. */
export function readTracing(read: EnvironmentReader): TracingOptions | undefined {
  const endpoint = read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']);
  read.choice('OTEL_EXPORTER_OTLP_PROTOCOL', ['http/json']);
  const sampler = read.choice('OTEL_TRACES_SAMPLER', samplers) ?? 'parentbased_always_on';
  const ratio = shareOf(read, 'OTEL_TRACES_SAMPLER_ARG');
  return endpoint === undefined ? undefined : { endpoint, sampler, ratio };
}

function shareOf(read: EnvironmentReader, name: string): number {
  const text = read.text(name);
  if (text === undefined) return 1;
  const share = Number(text);
  if (share >= 0 && share <= 1) return share;
  read.faults.push(`${name} is "${text}"; give the share of traces to keep, from 0 to 1`);
  return 1;
}
