import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { setTimeout as delay } from 'node:timers/promises';
import { maskText } from './mask.js';
import {
  type Attributes,
  type SpanSource,
  type SpanStart,
  type TraceSpan,
  readTraceparent,
  traceWith,
} from './spans.js';
import type { TracingOptions } from './tracing-options.js';

/**
 * Traces this whole process from now on; answers how to end that, with what is still to be exported. A collector that
 * cannot be reached costs spans and nothing else. Import it only to trace: the SDK is large.
 */
export function startTracing(options: TracingOptions): () => Promise<void> {
  const exported = new ExportedSpans(options);
  const end = traceWith(exported);
  return async () => {
    end();
    await exported.stop();
  };
}

/** A process that stops has ten seconds for everything. */
const longestStopMs = 1_500;

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, client: SpanKind.CLIENT };

class ExportedSpans implements SpanSource {
  private readonly processor: BatchSpanProcessor;
  private readonly sampler: Sampler;
  private readonly providers = new Map<string, TracerProvider>();

  constructor({ endpoint, sampler, ratio }: TracingOptions) {
    const exporter = new OTLPTraceExporter({ url: new URL('v1/traces', endpoint.replace(/\/*$/, '/')).href });
    this.processor = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, exportTimeoutMillis: 5_000 });
    const [, parentBased, name] = /^(parentbased_)?(.+)$/.exec(sampler) ?? [];
    const root = rootSampler(name ?? '', ratio);
    this.sampler = parentBased === undefined ? root : new ParentBasedSampler({ root });
  }

  startSpan({ service, name, kind, parent, attributes }: SpanStart): TraceSpan | undefined {
    const tracer = this.providerOf(service).getTracer('baton');
    const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, contextOf(parent));
    return span.isRecording() ? new ExportedSpan(span) : undefined;
  }

  async stop(): Promise<void> {
    const exported = this.processor.shutdown().catch(() => undefined);
    await Promise.race([exported, delay(longestStopMs, undefined, { ref: false })]);
  }

  /** Services of one process are told apart as if each had its own. */
  private providerOf(service: string): TracerProvider {
    const known = this.providers.get(service);
    if (known) return known;
    const named = resourceFromAttributes({ 'service.name': service, 'service.namespace': 'baton' });
    const resource = defaultResource().merge(named);
    const provider = new TracerProvider({ resource, sampler: this.sampler, spanProcessors: [this.processor] });
    this.providers.set(service, provider);
    return provider;
  }
}

class ExportedSpan implements TraceSpan {
  readonly traceparent: string;
  readonly traceId: string;
  private over = false;

  constructor(private readonly span: Span) {
    const { traceId, spanId } = span.spanContext();
    this.traceId = traceId;
    this.traceparent = `00-${traceId}-${spanId}-01`;
  }

  get hasEnded(): boolean {
    return this.over;
  }

  note(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  end(error?: unknown): void {
    this.over = true;
    if (error !== undefined) {
      const message = maskText(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      this.span.setStatus({ code: SpanStatusCode.ERROR, message });
    }
    this.span.end();
  }
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(ratio);
  return name === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
}

function contextOf(traceparent: string | undefined): Context {
  const parent = readTraceparent(traceparent);
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: sampled ? 1 : 0, isRemote: true });
}
