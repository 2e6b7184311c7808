import type { ServiceName } from '@baton/contracts/topics';
import type { Log } from '@baton/persistence/log';
import type { Database } from '@baton/persistence/sql';
import type { Probe } from '../src/crash-point.js';
import type { DataCheck } from '../src/kafka-codec.js';
import type { Transport } from '../src/transport.js';

/** One process of an installation: a transport and connections of its own. */
export interface TestProcess {
  readonly transport: Transport;
  database(service: ServiceName): Promise<Database>;
  /** Ends it as SIGKILL would: connections are cut, nothing is cleaned up, whatever waits in a probe waits for ever. */
  kill(): Promise<void>;
  /** Takes its partitions away, as a rebalance or a partitioned network would, without its noticing. */
  depose(): Promise<void>;
  /** Cuts all its connections once; it may connect again. */
  disconnect(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProcessOptions {
  readonly probe?: Probe;
  readonly log?: Log;
  /** Default 20 ms: replicas notice each other at once. */
  readonly pollMs?: number;
  /** Checks data that comes from a broker. */
  readonly check?: DataCheck;
}

/** What a transport brings to be put through the suite. Every installation is empty and its own. */
export interface TransportHarness {
  installation(): Promise<Installation>;
}

export interface Installation {
  process(options?: ProcessOptions): Promise<TestProcess>;
  /** Makes positions of a topic and partition unreadable, as if they had been lost. */
  lose(topic: string, partition: number, positions: { from: number; to: number }): Promise<void>;
  drop(): Promise<void>;
}
