import type { ASTNode } from '@marcbachmann/cel-js';
import { allowedNames, describePlace, isAllowed, variables } from './places.js';
import { didYouMean } from './suggest-name.js';
import { asTextLiteral } from './syntax.js';
import { refuse, sourceOf, type TypeContext } from './type-context.js';
import { any, describeType, mayBe, type ValueType } from './value-types.js';

/** The type of a variable or of the item of an `exists`; refuses what is unknown or not allowed here. */
export function typeOfName(node: ASTNode, name: string, context: TypeContext): ValueType {
  const local = context.locals.get(name);
  if (local !== undefined) return local;
  const variable = variables.find((known) => known === name);
  const known = allowedNames(context.place);
  if (variable === undefined) {
    const meant = didYouMean(name, [...known, ...context.locals.keys()]);
    return refuse(
      context,
      node,
      `"${name}" is unknown${meant || `; ${describePlace(context.place)} may use ${known.join(', ')}`}`,
    );
  }
  if (isAllowed(variable, context.place)) return context.types[variable];
  return refuse(
    context,
    node,
    `"${name}" cannot be used in ${describePlace(context.place)}, which may use ${known.join(', ')}`,
  );
}

/** The type of `lead.title`; refuses fields that nothing declares. */
export function typeOfField(node: ASTNode, of: ASTNode, name: string, context: TypeContext): ValueType {
  const type = context.typeOf(of, context);
  if (type.kind === 'any') return any;
  if (type.kind !== 'map')
    return refuse(context, node, `"${sourceOf(of)}" is ${describeType(type)} and has no field "${name}"`);
  if (type.fields === null) return any;
  return Object.hasOwn(type.fields, name)
    ? type.fields[name]!
    : refuseField(node, { of, name, fields: type.fields }, context);
}

/** The type of `event.properties['form']` or of an item of a list. */
export function typeOfIndex(node: ASTNode, [of, index]: readonly [ASTNode, ASTNode], context: TypeContext): ValueType {
  const name = asTextLiteral(index);
  const type = context.typeOf(of, context);
  if (type.kind === 'map' && type.fields !== null) {
    if (name === null)
      return refuse(context, index, `name the field of "${sourceOf(of)}" as a text, as in ${sourceOf(of)}['name']`);
    return Object.hasOwn(type.fields, name)
      ? type.fields[name]!
      : refuseField(node, { of, name, fields: type.fields }, context);
  }
  const indexType = context.typeOf(index, context);
  if (type.kind === 'list') {
    if (!mayBe(indexType, 'number')) return refuse(context, index, 'a list is indexed by a number, from 0');
    return type.of;
  }
  if (type.kind === 'any' || type.kind === 'map') return any;
  return refuse(context, node, `"${sourceOf(of)}" is ${describeType(type)} and cannot be indexed`);
}

function refuseField(
  node: ASTNode,
  { of, name, fields }: { of: ASTNode; name: string; fields: Readonly<Record<string, ValueType>> },
  context: TypeContext,
): ValueType {
  if (context.place === 'persona' && sourceOf(of) === 'lead' && name === 'persona') {
    return refuse(context, node, 'a persona cannot depend on lead.persona, which it decides');
  }
  const owner = sourceOf(of);
  const at = { ...node, start: node.op === '.' ? node.end - name.length : node.start } as ASTNode;
  const meant = didYouMean(name, Object.keys(fields), `${owner}.`);
  const advice: Readonly<Record<string, string>> = {
    lead: `declare it under traits, as ${name}: text`,
    account: `declare it under traits, as account.${name}: text`,
    answers: 'add it to the checklist',
  };
  const kinds: Readonly<Record<string, string>> = {
    lead: 'a trait of leads',
    account: 'a trait of accounts',
    answers: 'a checklist item',
  };
  const way = meant || `; ${advice[owner] ?? `known are ${Object.keys(fields).join(', ')}`}`;
  return refuse(context, at, `"${owner}.${name}" is not ${kinds[owner] ?? 'known'}${way}`);
}
