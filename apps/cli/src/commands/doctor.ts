import { services } from '@baton/contracts/topics';
import type { Command } from 'commander';
import { CommandError, type Connection, findConnection, itemsOfEach, request } from '../connection.js';
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
const mendWhatIsNamed = 'Mend what the other findings name, and ask again.';

/** `baton doctor`: what is wrong with the running instance and what to do about it. */
export function addDoctor(program: Command): void {
  subcommand(program, 'doctor', {
    summary:
      'Check services, schemas, Kafka, Redis, lag, dead letters and clocks of the running instance; exit 1 when something is wrong.',
    example: 'doctor',
  })
    .option('--json', 'for machines')
    .action(examine);
}

async function examine({ json }: { readonly json?: true }): Promise<void> {
  const connection = findConnection();
  const states = await askStates(connection);
  const findings = [
    readiness(states),
    ...Object.entries(companions).flatMap(([name, mend]) => companion(name, mend, states)),
    skew(states),
    await admission(await request(connection, '/api/session')),
    await lag(connection),
    await deadLetters(connection),
  ];
  if (json) printJson(findings);
  for (const { well, check, finding, advice } of json ? [] : findings) {
    print(`${well ? '✓' : '✗'} ${check}: ${finding}${advice ? `\n    ${advice}` : ''}`);
  }
  const wrong = findings.filter(({ well }) => !well);
  if (wrong.length > 0) throw new CommandError(`${wrong.length} of ${findings.length} checks found something wrong.`);
}

/** What a process, or the entrance, says of itself. */
interface State {
  /** `scoring: ` of a process behind the entrance; empty of whoever answers at `BATON_URL`. */
  readonly of: string;
  readonly response: Response;
  readonly checks: Readonly<Record<string, string>>;
  readonly asked: number;
  readonly answered: number;
}

/** The state of whoever answers, and, where that is an entrance, which only counts, that of a process of each service. */
async function askStates(connection: Connection): Promise<readonly State[]> {
  const first = await askState(connection, '/health/ready', '');
  if (!Object.values(first.checks).some((state) => /^\d+ ready$/.test(state))) return [first];
  const behind = services.filter((name) => isWell(first.checks[name] ?? ''));
  const each = behind.map((name) => askState(connection, `/health/ready?service=${name}`, `${name}: `));
  return [first, ...(await Promise.all(each))];
}

async function askState(connection: Connection, path: string, of: string): Promise<State> {
  const asked = Date.now();
  const response = await request(connection, path);
  const answered = Date.now();
  // What stands in front of the instance may answer in its place, and then with anything.
  const { checks = {} } = (await response.json().catch(() => ({}))) as { checks?: Record<string, string> };
  return { of, response, checks, asked, answered };
}

/** What an instance may need beside PostgreSQL, with what to do when it is away. */
const companions: Readonly<Record<string, string>> = {
  kafka: 'Start a broker again, and check KAFKA_BROKERS, KAFKA_SSL and KAFKA_SASL_* of the named process.',
  redis: 'Start Redis again, or unset REDIS_URL: everything works without it, for each replica by itself.',
};

function readiness(states: readonly State[]): Finding {
  const check = 'services';
  const failing = states.flatMap(failingParts);
  const advice = 'Wait for the start to end, or read the log of the named part.';
  if (failing.length > 0) return { check, well: false, finding: failing.join(', '), advice };
  const names = partsOf(states[0]!).map(([name]) => name);
  return { check, well: true, finding: `ready (${names.join(', ')})` };
}

function failingParts(state: State): readonly string[] {
  const failing = partsOf(state).filter(([, said]) => !isWell(said));
  if (failing.length === 0 && !state.response.ok) return [`${state.of}answered ${state.response.status}`];
  return failing.map(([name, said]) => `${state.of}${name} ${said}`);
}

function partsOf({ checks }: State): readonly (readonly [string, string])[] {
  return Object.entries(checks).filter(([name]) => !(name in companions));
}

/** A finding where a process uses it: whoever lacks it is named. */
function companion(check: string, advice: string, states: readonly State[]): readonly Finding[] {
  const using = states.flatMap(({ of, checks }) => (checks[check] === undefined ? [] : [{ of, said: checks[check] }]));
  if (using.length === 0) return [];
  const lacking = using.filter(({ said }) => !isWell(said)).map(({ of, said }) => of + said);
  if (lacking.length === 0) return [{ check, well: true, finding: 'answers' }];
  return [{ check, well: false, finding: lacking.join(', '), advice }];
}

/** `ok` of a process; `2 ready` of the entrance, which counts replicas. */
function isWell(state: string): boolean {
  return /^(ok|([1-9]\d* )?ready)$/.test(state);
}

/** Of the process whose clock is farthest from this machine's. */
function skew(states: readonly State[]): Finding {
  const check = 'clock';
  const told = states.flatMap((state) => {
    const theirs = Date.parse(state.response.headers.get('date') ?? '');
    // A date has whole seconds, and was written at some moment of the call.
    const distance = Math.max(0, state.asked - theirs - 1000, theirs - state.answered);
    return Number.isNaN(theirs) ? [] : [{ of: state.of, distance }];
  });
  const [farthest] = told.toSorted((one, other) => other.distance - one.distance);
  if (!farthest) return { check, well: true, finding: 'the instance does not tell its time' };
  if (farthest.distance <= tolerableSkewMs) return { check, well: true, finding: 'agrees with this machine' };
  return {
    check,
    well: false,
    finding: `${farthest.of}is ${Math.round(farthest.distance / 1000)} s off`,
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

async function lag(connection: Connection): Promise<Finding> {
  const check = 'lag';
  const items = await orWhyNot(itemsOfEach<{ records: number }>(connection, '/api/lag', services));
  if (items instanceof CommandError)
    return { check, well: false, finding: `cannot be measured: ${items.message}`, advice: mendWhatIsNamed };
  const behind = items.reduce((sum, { records }) => sum + records, 0);
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
  const items = await orWhyNot(listDeadLetters(connection));
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

/** What was asked for, or the sentence that says why it was not told. */
function orWhyNot<Answer>(asked: Promise<Answer>): Promise<Answer | CommandError> {
  return asked.catch((error: unknown) => {
    if (error instanceof CommandError) return error;
    throw error;
  });
}
