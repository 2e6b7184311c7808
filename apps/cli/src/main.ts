import { Command, CommanderError } from 'commander';
import { addDeadLetters } from './commands/dead-letters.js';
import { addDemo } from './commands/demo.js';
import { addDoctor } from './commands/doctor.js';
import { addImport } from './commands/import.js';
import { addPlaybook } from './commands/playbook.js';
import { addReplay } from './commands/replay.js';
import { addStart } from './commands/start.js';
import { CommandError } from './connection.js';

const program = new Command('baton')
  .description('The lead-lifecycle engine: start it, feed it, check what it decides by.')
  .version('0.1.0')
  .showHelpAfterError('(add --help for what this command takes)')
  .exitOverride();

for (const add of [addStart, addDemo, addImport, addPlaybook, addDeadLetters, addReplay, addDoctor]) add(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** 0 well, 1 the answer is no, 2 wrong use. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error.exitCode;
}
