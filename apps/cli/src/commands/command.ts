import type { Command } from 'commander';

/** A command of the program, without subcommands of its own errors: wrong use anywhere ends with exit code 2 and a hint. */
export function subcommand(
  program: Command,
  name: string,
  about: { readonly summary: string; readonly example: string },
): Command {
  return program
    .command(name)
    .description(about.summary)
    .addHelpText('after', `\nExample:\n  $ npx baton ${about.example}\n`)
    .showHelpAfterError('(add --help for what this command takes)')
    .exitOverride();
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
