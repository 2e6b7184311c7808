import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaClient } from '@baton/messaging/kafka-client';
import { freePorts } from './free-ports.js';
import { type KafkaCluster, type KafkaListener, ownKafkaFolder, startKafkaCluster } from './kafka-cluster.js';

const run = promisify(execFile);
const storePassword = 'of-the-key-store';
const guest = 'guest';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Numbers of Kafka's protocol. */
const resources = { topic: 2, group: 3 };
const operations = { read: 3, write: 4, create: 5, describeConfigs: 10 };
const prefixed = 4;
const allowed = 3;

/** One broker as companies run them: its listeners demand a sign-in, TLS, or both. */
export interface SecuredKafka {
  /** `127.0.0.1:PORT`: takes everybody. */
  readonly open: string;
  /** Demands a sign-in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  readonly sasl: string;
  /** Demands TLS. */
  readonly tls: string;
  /** Demands TLS, and within it a sign-in by SCRAM-SHA-512. */
  readonly saslOverTls: string;
  /** Who may sign in, and do everything. */
  readonly username: string;
  readonly password: string;
  /** Who may sign in with the same password, by SCRAM, and has no rights but those that an ACL gives. */
  readonly guest: string;
  /** File with the broker's certificate (PEM), signed by itself and valid for 127.0.0.1 alone. */
  readonly certificate: string;
  /** Lets the guest read and write topics whose names begin so, and be a member of such groups if that is asked for. */
  allow(prefix: string, what: { readonly groups: boolean }): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts it in a folder of its own; it ends with this process. */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  const user = { username: 'baton', password: 'swordfish-of-the-broker' };
  const folder = await ownKafkaFolder();
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const { store, certificate } = await makeCertificate(folder);
    const [sasl, tls, saslOverTls] = (await freePorts(3)) as [number, number, number];
    const listeners: readonly KafkaListener[] = [
      { name: 'SIGNED', protocol: 'SASL_PLAINTEXT', port: sasl },
      { name: 'SECRET', protocol: 'SSL', port: tls },
      { name: 'BOTH', protocol: 'SASL_SSL', port: saslOverTls },
    ];
    const cluster = await startKafkaCluster({
      nodes: 1,
      folder,
      listeners,
      settings: { ...tlsSettings(store), ...saslSettings(user) },
      scramUsers: [user.username, guest].flatMap((name) =>
        ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) => `${mechanism}=[name=${name},password=${user.password}]`),
      ),
    });
    const at = (port: number) => `127.0.0.1:${port}`;
    const open = cluster.brokers[0]!;
    return {
      ...user,
      guest,
      ...lifeOf(cluster, remove),
      allow: (prefix, { groups }) =>
        createAcls(open, [...topicRights(prefix), ...(groups ? [groupRight(prefix)] : [])]),
      open,
      sasl: at(sasl),
      tls: at(tls),
      saslOverTls: at(saslOverTls),
      certificate,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function lifeOf(cluster: KafkaCluster, remove: () => Promise<void>): Pick<SecuredKafka, 'kill' | 'stop'> {
  const kill = () => cluster.node(0).kill();
  return { kill, stop: () => kill().then(remove) };
}

interface Right {
  readonly resourceType: number;
  readonly operation: number;
  readonly resourceName: string;
}

function topicRights(prefix: string): Right[] {
  return Object.values(operations).map((operation) => ({
    resourceType: resources.topic,
    operation,
    resourceName: prefix,
  }));
}

function groupRight(prefix: string): Right {
  return { resourceType: resources.group, operation: operations.read, resourceName: prefix };
}

async function createAcls(broker: string, rights: readonly Right[]): Promise<void> {
  const admin = kafkaClient({ connection: { brokers: [broker] }, log: quiet, clientId: 'rights' }).admin();
  await admin.connect();
  const whose = { principal: `User:${guest}`, host: '*', resourcePatternType: prefixed, permissionType: allowed };
  await admin.createAcls({ acl: rights.map((right) => ({ ...right, ...whose })) });
  await admin.disconnect();
}

async function makeCertificate(folder: string): Promise<{ store: string; certificate: string }> {
  const store = join(folder, 'broker.p12');
  const certificate = join(folder, 'broker.pem');
  const key = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass', storePassword];
  const subject = ['-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1', '-validity', '2'];
  await run('keytool', ['-genkeypair', '-keyalg', 'EC', ...key, ...subject]);
  await run('keytool', ['-exportcert', '-rfc', ...key, '-file', certificate]);
  return { store, certificate };
}

function tlsSettings(store: string): Record<string, string> {
  return {
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': store,
    'ssl.keystore.password': storePassword,
    'ssl.key.password': storePassword,
  };
}

function saslSettings({ username, password }: { username: string; password: string }): Record<string, string> {
  const modules = 'org.apache.kafka.common.security';
  const scram = `${modules}.scram.ScramLoginModule required;`;
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${username};User:ANONYMOUS`,
    'listener.name.signed.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.signed.plain.sasl.jaas.config': `${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
    'listener.name.signed.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.signed.scram-sha-512.sasl.jaas.config': scram,
    'listener.name.both.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.both.scram-sha-512.sasl.jaas.config': scram,
  };
}
