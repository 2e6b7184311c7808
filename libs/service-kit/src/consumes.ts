import type { Topic, ServiceName } from '@baton/contracts/topics';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';

const CONSUMED = Symbol('baton:consumed');

export interface ConsumesOptions {
  /** Records per batch at most. */
  readonly maxBatch?: number;
  /** Types of facts that the handler has something to do for; it is not called for others. By default all. */
  readonly types?: readonly string[];
}

interface Consumed extends ConsumesOptions {
  readonly topic: Topic;
}

/**
 * Declares a controller method as the handler of a topic: `(batch: Batch, sql: Sql) => Promise<Effects>`.
 * It runs in the transaction that stores the batch's position; what it throws is retried or isolated (see `BatchHandler`).
 */
export function Consumes(topic: Topic, options: ConsumesOptions = {}) {
  return (_target: object, _name: string | symbol, descriptor: PropertyDescriptor): void => {
    Reflect.defineMetadata(CONSUMED, { topic, ...options } satisfies Consumed, descriptor.value as object);
  };
}

/**
 * Completes the handlers of a service's controllers to Nest event patterns `{ service, topic }`: several services may
 * consume one topic in one process, each at its own position. Answers the names of the topics that have a handler.
 */
export function bindHandlers(
  service: ServiceName,
  controllers: readonly { readonly prototype: object }[],
): readonly string[] {
  return controllers.flatMap(({ prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, descriptor]) => {
      const consumed = consumedBy(descriptor.value);
      if (!consumed) return [];
      const { topic, maxBatch, types } = consumed;
      EventPattern({ service, topic: topic.name }, { topic, maxBatch, types })(prototype, name, descriptor);
      Payload()(prototype, name, 0);
      Ctx()(prototype, name, 1);
      return [topic.name];
    }),
  );
}

function consumedBy(method: unknown): Consumed | undefined {
  return typeof method === 'function' ? (Reflect.getMetadata(CONSUMED, method) as Consumed | undefined) : undefined;
}
