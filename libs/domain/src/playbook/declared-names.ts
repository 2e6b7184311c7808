import { parseExpression } from '../conditions/parse-expression.js';
import { accountTraits, leadTraits } from '../evidence/built-in-traits.js';
import type { BuildContext } from './build-context.js';
import type { Located } from './field-readers.js';

const idForm = /^[a-z0-9-]{1,60}$/;
const intents = ['high', 'medium', 'low', 'negative'];

/** Notes names that a playbook cannot declare: traits that are built in or unreadable, signals without a proper id, other intents. */
export function refuseDeclarations(context: BuildContext): void {
  for (const { key } of context.written.traits ?? []) refuseTrait(key, context);
  for (const { key } of context.written.signals ?? []) refuseSignalId(key, context);
  refuseIntents(context);
}

function refuseTrait({ value, spot }: Located<string>, { source }: BuildContext): void {
  const isAccount = value.startsWith('account.');
  const name = isAccount ? value.slice('account.'.length) : value;
  const builtIn = isAccount ? accountTraits : leadTraits;
  if (!isReadable(name)) {
    source.report(
      spot,
      `"${value}" cannot be read in conditions; write letters, digits and underscores, beginning with a letter`,
    );
  } else if (Object.hasOwn(builtIn, name)) {
    source.report(spot, `"${value}" is built in and need not be declared`);
  }
}

/** Whether CEL reads `lead.NAME`, which its reserved words prevent; what JavaScript objects inherit is no name either. */
function isReadable(name: string): boolean {
  return /^[A-Za-z_]\w{0,59}$/.test(name) && !(name in Object.prototype) && 'ast' in parseExpression(`lead.${name}`);
}

function refuseSignalId({ value, spot }: Located<string>, { source }: BuildContext): void {
  if (!idForm.test(value))
    source.report(spot, `"${value}" is no id; write small letters, digits and hyphens, at most 60`);
  else if (value in Object.prototype) source.report(spot, `"${value}" is reserved; choose another id`);
}

function refuseIntents({ written, source }: BuildContext): void {
  if (written.intents === undefined) return;
  const { value, spot } = written.intents;
  const isWhole =
    intents.every((intent) => (value as readonly string[]).includes(intent)) && value.length === intents.length;
  if (!isWhole) source.report(spot, `the intents are fixed: [${intents.join(', ')}]`);
}
