import type { Command } from 'commander';
import { CommandError, type Connection, findConnection, request } from '../connection.js';
import { print, printJson, subcommand } from './command.js';
import { listDeadLetters } from './dead-letters.js';

interface Finding {
  readonly check: string;
  readonly well: boolean;
  readonly finding: string;
  /** What to do about it. */
  readonly advice?: string;
}

const tolerableSkewMs = 5000;
const mendFirst = 'Bring back the database, or Kafka, and ask again.';
const mendWhatIsNamed = 'Mend what the other findings name, and ask again.';

/** `baton doctor`: what is wrong with the running instance and what to do about it. */
export function addDoctor(program: Command): void {
  subcommand(program, 'doctor', {
    summary:
      'Check connections, versions, lag, dead letters and clocks of the running instance; exit 1 when something is wrong.',
    example: 'doctor',
  })
    .option('--json', 'for machines')
    .action(examine);
}

async function examine({ json }: { readonly json?: true }): Promise<void> {
  const connection = findConnection();
  const asked = Date.now();
  const ready = await request(connection, '/health/ready');
  const answered = Date.now();
  const findings = [
    ...(await readiness(ready)),
    skew(ready, { asked, answered }),
    await admission(await request(connection, '/api/session')),
    await lag(await request(connection, '/metrics')),
    await deadLetters(connection),
  ];
  if (json) printJson(findings);
  for (const { well, check, finding, advice } of json ? [] : findings) {
    print(`${well ? '✓' : '✗'} ${check}: ${finding}${advice ? `\n    ${advice}` : ''}`);
  }
  const wrong = findings.filter(({ well }) => !well);
  if (wrong.length > 0) throw new CommandError(`${wrong.length} of ${findings.length} checks found something wrong.`);
}

/** What an instance may need beside PostgreSQL, with what to do when it is away. */
const companions: Readonly<Record<string, string>> = {
  kafka: 'Start a broker again, and check KAFKA_BROKERS, KAFKA_SSL and KAFKA_SASL_* of the named process.',
  redis: 'Start Redis again, or unset REDIS_URL: everything works without it, for each replica by itself.',
};

/** One finding for the services, and one for each of Kafka and Redis where they are used. */
async function readiness(response: Response): Promise<readonly Finding[]> {
  // What stands in front of the instance may answer in its place, and then with anything.
  const { checks = {} } = (await response.json().catch(() => ({}))) as { checks?: Record<string, string> };
  const parts = Object.entries(checks).filter(([name]) => !(name in companions));
  const failing = parts.filter(([, state]) => !isWell(state)).map(([name, state]) => `${name} ${state}`);
  const advice = 'Wait for the start to end, or read the log of the named part.';
  const services: Finding =
    response.ok && failing.length === 0
      ? { check: 'services', well: true, finding: `ready (${parts.map(([name]) => name).join(', ')})` }
      : { check: 'services', well: false, finding: failing.join(', ') || `answered ${response.status}`, advice };
  return [services, ...Object.entries(companions).flatMap(([name, mend]) => companion(name, checks[name], mend))];
}

function companion(check: string, state: string | undefined, advice: string): readonly Finding[] {
  if (state === undefined) return [];
  if (isWell(state)) return [{ check, well: true, finding: 'answers' }];
  return [{ check, well: false, finding: state, advice }];
}

/** `ok` of a process; `2 ready` of the entrance, which counts replicas. */
function isWell(state: string): boolean {
  return /^(ok|([1-9]\d* )?ready)$/.test(state);
}

function skew(response: Response, { asked, answered }: { asked: number; answered: number }): Finding {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const check = 'clock';
  if (Number.isNaN(theirs)) return { check, well: true, finding: 'the instance does not tell its time' };
  const distance = Math.max(0, asked - theirs - 1000, theirs - answered);
  if (distance <= tolerableSkewMs) return { check, well: true, finding: 'agrees with this machine' };
  return {
    check,
    well: false,
    finding: `is ${Math.round(distance / 1000)} s off`,
    advice: 'Let both machines keep time with NTP: clocks promise seconds.',
  };
}

async function admission(response: Response): Promise<Finding> {
  const check = 'admin token';
  if (response.ok) return { check, well: true, finding: 'accepted' };
  return {
    check,
    well: false,
    finding: `answered ${response.status}`,
    advice: 'Set BATON_ADMIN_TOKEN to the token of this instance.',
  };
}

async function lag(response: Response): Promise<Finding> {
  const check = 'lag';
  if (response.status === 404)
    return { check, well: true, finding: 'is measured by each process: ask doctor with BATON_URL of a service' };
  if (!response.ok)
    return {
      check,
      well: false,
      finding: `/metrics answered ${response.status}`,
      advice: 'Read the log of the process.',
    };
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('baton_consumer_lag'));
  if (lines.length === 0) return { check, well: false, finding: 'cannot be measured', advice: mendFirst };
  const behind = lines
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
    .reduce((sum, each) => sum + each, 0);
  if (behind < 10_000) return { check, well: true, finding: `${behind} records wait to be read` };
  return {
    check,
    well: false,
    finding: `${behind} records wait to be read`,
    advice: 'A partition stands still or load is above capacity: see the log for a service that retries.',
  };
}

async function deadLetters(connection: Connection): Promise<Finding> {
  const check = 'dead letters';
  const items = await listDeadLetters(connection).catch((error: unknown) => {
    if (error instanceof CommandError) return error;
    throw error;
  });
  if (items instanceof CommandError)
    return { check, well: false, finding: `cannot be listed: ${items.message}`, advice: mendWhatIsNamed };
  if (items.length === 0) return { check, well: true, finding: 'none' };
  return {
    check,
    well: false,
    finding: `${items.length} or more`,
    advice: 'See npx baton dead-letters list; mend the cause, then replay.',
  };
}
