import type { Command } from 'commander';
import { CommandError, findConnection, request } from '../connection.js';
import { print, printJson, subcommand } from './command.js';

interface Finding {
  readonly check: string;
  readonly well: boolean;
  readonly finding: string;
  /** What to do about it. */
  readonly advice?: string;
}

const tolerableSkewMs = 5000;

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
    await readiness(ready),
    skew(ready, { asked, answered }),
    await admission(await request(connection, '/api/leads?limit=1')),
    await lag(await request(connection, '/metrics')),
    await deadLetters(await request(connection, '/api/dead-letters')),
  ];
  if (json) printJson(findings);
  for (const { well, check, finding, advice } of json ? [] : findings) {
    print(`${well ? '✓' : '✗'} ${check}: ${finding}${advice ? `\n    ${advice}` : ''}`);
  }
  const wrong = findings.filter(({ well }) => !well);
  if (wrong.length > 0) throw new CommandError(`${wrong.length} of ${findings.length} checks found something wrong.`);
}

async function readiness(response: Response): Promise<Finding> {
  const { checks } = (await response.json()) as { checks?: Record<string, string> };
  const failing = Object.entries(checks ?? {}).filter(([, state]) => state !== 'ready' && state !== 'ok');
  const check = 'services';
  if (response.ok) return { check, well: true, finding: `ready (${Object.keys(checks ?? {}).join(', ')})` };
  const finding = failing.map(([name, state]) => `${name} ${state}`).join(', ');
  return { check, well: false, finding, advice: 'Wait for the start to end, or read the log of the named part.' };
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
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('baton_consumer_lag'));
  const behind = lines
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)))
    .reduce((sum, each) => sum + each, 0);
  const check = 'lag';
  if (behind < 10_000) return { check, well: true, finding: `${behind} records wait to be read` };
  return {
    check,
    well: false,
    finding: `${behind} records wait to be read`,
    advice: 'A partition stands still or load is above capacity: see the log for a service that retries.',
  };
}

async function deadLetters(response: Response): Promise<Finding> {
  const check = 'dead letters';
  if (!response.ok) return { check, well: false, finding: `cannot be listed (${response.status})` };
  const { items } = (await response.json()) as { items: unknown[] };
  if (items.length === 0) return { check, well: true, finding: 'none' };
  return {
    check,
    well: false,
    finding: `${items.length} or more`,
    advice: 'See npx baton dead-letters list; mend the cause, then replay.',
  };
}
