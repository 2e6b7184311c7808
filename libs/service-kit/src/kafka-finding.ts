import type { Finding } from './until-reachable.js';

/** What the Kafka client calls an error, and what that means here; what is more specific stands first. */
const findings: readonly (readonly [name: RegExp, Finding])[] = [
  [
    /UNSUPPORTED_SASL_MECHANISM|mechanism is not supported/,
    { advice: 'set KAFKA_SASL_MECHANISM to one that it offers' },
  ],
  [/ILLEGAL_SASL_STATE/, { advice: 'check KAFKA_BROKERS and KAFKA_SASL_*: this port takes no sign-in' }],
  [/SASLAuthentication/, { advice: 'check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD' }],
  [/AUTHORIZATION_FAILED/, { advice: 'give KAFKA_SASL_USERNAME rights to the topics and groups of this installation' }],
  [
    // All that the client says of a missing right, and of brokers that cannot make their topic of offsets.
    /GroupCoordinatorNotFound/,
    {
      what: 'lets nobody join a consumer group',
      advice:
        'give KAFKA_SASL_USERNAME rights to the groups of this installation, and look into the log of the brokers',
    },
  ],
  [
    /INVALID_REPLICATION_FACTOR/,
    { what: 'has too few brokers', advice: 'start more brokers, or set KAFKA_REPLICATION to their number' },
  ],
  [
    /does not match certificate's altnames/,
    {
      what: 'has a certificate for another name',
      advice: 'give the brokers in KAFKA_BROKERS the names that their certificates have',
    },
  ],
  [
    /certificate/,
    {
      what: 'has a certificate that this process does not trust',
      advice: 'set KAFKA_SSL_CA to a file with the certificate of the authority that signed it',
    },
  ],
  [
    /ConnectionClosed/,
    {
      what: 'closes the connection',
      advice: 'check KAFKA_SSL and KAFKA_SASL_*: a broker closes what comes without TLS or a sign-in that it wants',
    },
  ],
  [
    /before secure TLS connection/,
    {
      what: 'does not speak TLS',
      advice: 'unset KAFKA_SSL and KAFKA_SSL_CA, or give a port with TLS in KAFKA_BROKERS',
    },
  ],
];

/** What is wrong between this process and its brokers, where the error says more than that they are away. */
export function kafkaFinding(causes: readonly Error[]): Finding | undefined {
  const called = causes.map((cause) => `${cause.name} ${String((cause as { type?: unknown }).type)} ${cause.message}`);
  return findings.find(([name]) => called.some((text) => name.test(text)))?.[1];
}
