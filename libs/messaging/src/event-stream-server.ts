import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Metrics } from '@baton/observability/metrics';
import type { Database } from '@baton/persistence/sql';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { BatchHandler, Effects } from './handler.js';
import type { Transport } from './transport.js';

/** What a handler's declaration says beside its pattern `{ service, topic }`, see `@Consumes`. */
export interface HandlerExtras {
  readonly topic: Topic;
  readonly maxBatch?: number;
  readonly types?: readonly string[];
}

interface HandlerLabels {
  readonly service: ServiceName;
  readonly topic: string;
}

export interface EventStreamServerOptions {
  readonly transport: Transport;
  /** Each service's own. */
  readonly databases: ReadonlyMap<ServiceName, Database>;
  /** Without it nobody measures the handlers. */
  readonly metrics?: Metrics;
}

/**
 * Carries the topics to Nest's event handlers: one handler per service and topic, called with a batch and its transaction.
 * Connect it with `RethrowFilter` as a filter of its handlers.
 */
export class EventStreamServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;

  private readonly observe: (labels: HandlerLabels, seconds: number) => void;

  constructor(private readonly options: EventStreamServerOptions) {
    super();
    const durations = options.metrics?.histogram({
      name: 'baton_handler_duration_seconds',
      help: 'Time that a service takes for a batch of a topic, without its commit',
      labels: ['service', 'topic'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });
    this.observe = (labels, seconds) => durations?.observe({ ...labels }, seconds);
  }

  /** Subscribes every handler and starts the transport. */
  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  close(): Promise<void> {
    return this.options.transport.stop();
  }

  override on(): never {
    throw new Error('The event streams have no events of their own to listen to');
  }

  override unwrap<Wrapped>(): Wrapped {
    return this.options.transport as Wrapped;
  }

  /** Measures every batch, whatever comes of it. */
  private timed(handler: BatchHandler, labels: HandlerLabels): BatchHandler {
    return async (batch, sql) => {
      const began = performance.now();
      try {
        return await handler(batch, sql);
      } finally {
        this.observe(labels, (performance.now() - began) / 1000);
      }
    };
  }

  private async start(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) this.subscribe(pattern, handler);
    await this.options.transport.start();
  }

  private subscribe(pattern: string, handler: MessageHandler): void {
    const { service } = JSON.parse(pattern) as { service: ServiceName };
    const { topic, maxBatch, types } = handler.extras as unknown as HandlerExtras;
    const database = this.options.databases.get(service);
    if (!database) throw new Error(`${service} consumes ${topic.name} but has no database in this process`);
    if (handler.next) throw new Error(`${service} consumes ${topic.name} twice: one handler must do both`);
    const timed = this.timed(batchHandlerOver(handler), { service, topic: topic.name });
    this.options.transport.subscribe({ service, topic, database, maxBatch, types, handler: timed });
  }
}

/**
 * Nest turns a handler's exception into a stream that errors later: awaiting the handler alone would commit failed batches.
 * So the stream is awaited too, and its error is the handler's.
 */
function batchHandlerOver(handler: MessageHandler): BatchHandler {
  return async (batch, sql) => {
    const answer: unknown = await handler(batch, sql);
    const effects = isObservable(answer) ? await lastValueFrom(answer, { defaultValue: undefined }) : answer;
    if (!isEffects(effects))
      throw new Error(`The handler of ${batch.topic} must answer what it publishes: { publish: [] } at least`);
    return effects;
  };
}

function isEffects(value: unknown): value is Effects {
  return typeof value === 'object' && value !== null && 'publish' in value;
}
