/** How to reach Kafka. */
export interface KafkaConnection {
  /** `host:port` of one broker at least; the others are learnt from it. */
  readonly brokers: readonly string[];
  /** TLS; true trusts the system's authorities. */
  readonly ssl?: boolean | { readonly ca: string };
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** Put before the name of every topic and consumer group, so that installations can share a cluster. Default none. */
  readonly prefix?: string;
  /** Partitions of a spread topic, and so the most replicas of a service that can work; fixed when the topics are made. Default 4. */
  readonly partitions?: number;
  /** Copies of each topic that is created; by default 3, or as many as there are brokers if they are fewer. */
  readonly replication?: number;
}
