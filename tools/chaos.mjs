// `npm run test:chaos`: attacks the built product with everything that can be killed; see --help.
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, fail, nodeProgram, run } from './workspace.mjs';

const help = `npm run test:chaos [-- OPTIONS]: every service as its own process, on Kafka, PostgreSQL and Redis, under load,
while all of them are killed, stopped and started again in an order that the seed decides. Then nothing may be lost,
doubled, or out of order; an independent sequential replay must come to the same scores, stages, owners and clocks, of leads
that were merged too.

  --minutes N   how long the attack lasts; starting and checking come on top (default 2.5)
  --seed N      repeats the order of an earlier attack; the times of a busy machine do not repeat
  --embedded    PostgreSQL carries the topics instead of Kafka

Example: npm run test:chaos -- --minutes 30 --seed 7`;

const options = readOptions();
await ensureInstalled();
await ensureBuilt();
const nodeOptions = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`;
const env = {
  ...process.env,
  NODE_OPTIONS: nodeOptions.trim(),
  CHAOS_MINUTES: options.minutes,
  CHAOS_TRANSPORT: options.embedded ? 'embedded' : 'kafka',
  ...(options.seed === undefined ? {} : { CHAOS_SEED: options.seed }),
};
const parameters = ['node_modules/jest/bin/jest.js', '-c', 'apps/all-in-one/chaos.config.mjs', '--runInBand'];
process.exitCode = await run(nodeProgram(), parameters, { env });

function readOptions() {
  const types = {
    help: { type: 'boolean' },
    embedded: { type: 'boolean' },
    minutes: { type: 'string', default: '2.5' },
    seed: { type: 'string' },
  };
  let values;
  try {
    ({ values } = parseArgs({ options: types }));
  } catch (error) {
    fail(`${error.message}\n\n${help}`);
  }
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  if (!(Number(values.minutes) > 0)) fail(`--minutes is "${values.minutes}"; give a number above 0`);
  if (values.seed !== undefined && !/^\d+$/.test(values.seed)) fail(`--seed is "${values.seed}"; give a whole number`);
  return values;
}
