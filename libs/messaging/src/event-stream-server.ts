import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Database } from '@baton/persistence/sql';
import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { BatchHandler, Effects } from './handler.js';
import type { Transport } from './transport.js';

/** What a handler's declaration says beside its pattern `{ service, topic }`, see `@Consumes`. */
export interface HandlerExtras {
  readonly topic: Topic;
  readonly maxBatch?: number;
}

export interface EventStreamServerOptions {
  readonly transport: Transport;
  /** Each service's own. */
  readonly databases: ReadonlyMap<ServiceName, Database>;
}

/**
 * Carries the topics to Nest's event handlers: one handler per service and topic, called with a batch and its transaction.
 * Connect it with `RethrowFilter` as a filter of its handlers.
 */
export class EventStreamServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;

  constructor(private readonly options: EventStreamServerOptions) {
    super();
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

  private async start(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) this.subscribe(pattern, handler);
    await this.options.transport.start();
  }

  private subscribe(pattern: string, handler: MessageHandler): void {
    const { service } = JSON.parse(pattern) as { service: ServiceName };
    const { topic, maxBatch } = handler.extras as unknown as HandlerExtras;
    const database = this.options.databases.get(service);
    if (!database) throw new Error(`${service} consumes ${topic.name} but has no database in this process`);
    if (handler.next) throw new Error(`${service} consumes ${topic.name} twice: one handler must do both`);
    this.options.transport.subscribe({ service, topic, database, maxBatch, handler: batchHandlerOver(handler) });
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
