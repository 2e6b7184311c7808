import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError, type Kafka, type Producer, type TopicMessages, producerOf } from './kafka-client.js';

const requestTimeoutMs = 10_000;
const mostConnects = 5;
const mostAttempts = 7;
const firstPauseMs = 50;

/**
 * Writes messages until they are on all replicas in sync. After any error the producer is replaced: what became of the
 * request is then unknown, and a connection with a request of unknown fate must not carry the next.
 */
export class SteadyProducer {
  private current: Promise<Producer> | undefined;
  private closed = false;

  constructor(private readonly kafka: Kafka) {}

  /**
   * Rejects with a `BrokerError`; some or all messages may be in the log all the same. A request that fails is sent again
   * whole (a topic's partitions may just be moving to other brokers), so some may be there twice; one that is refused is not,
   * and none once the caller may write no longer.
   */
  async send(topicMessages: TopicMessages[], mayWrite: () => boolean = () => true): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const connecting = this.connected();
      try {
        const producer = await connecting;
        if (!mayWrite()) throw new Error('another may write by now');
        await producer.sendBatch({ acks: -1, timeout: requestTimeoutMs, topicMessages });
        return;
      } catch (error) {
        const wasConnected = await this.replace(connecting);
        const failure = new BrokerError(`writing to ${topicMessages.map(({ topic }) => topic).join(', ')}`, error);
        if (!wasConnected || failure.refused || attempt === mostAttempts || this.closed || !mayWrite()) throw failure;
        await delay(firstPauseMs * 2 ** (attempt - 1));
      }
    }
  }

  /** Lets go of a producer, unless another has taken its place; answers whether it was one that had connected. */
  private async replace(broken: Promise<Producer>): Promise<boolean> {
    if (this.current === broken) this.current = undefined;
    const producer = await broken.catch(() => undefined);
    void producer?.disconnect().catch(() => undefined);
    return producer !== undefined;
  }

  async close(): Promise<void> {
    this.closed = true;
    const producer = await this.current?.catch(() => undefined);
    await producer?.disconnect();
  }

  private connected(): Promise<Producer> {
    if (this.closed) return Promise.reject(new Error('the producer is closed'));
    this.current ??= this.connect();
    return this.current;
  }

  /** Each attempt begins with a broker of its own choosing, which may be the one that is gone. */
  private async connect(): Promise<Producer> {
    for (let attempt = 1; ; attempt++) {
      const producer = producerOf(this.kafka);
      try {
        await producer.connect();
        return producer;
      } catch (error) {
        void producer.disconnect().catch(() => undefined);
        if (attempt === mostConnects) throw error;
      }
    }
  }
}
