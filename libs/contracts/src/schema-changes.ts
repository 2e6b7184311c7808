type Schema = Readonly<Record<string, unknown>>;

/**
 * What a changed JSON Schema would break for those who rely on its predecessor, in sentences; empty when nothing.
 * Both directions count, because a replay reads old records with new code: fields may be added if they are optional and
 * alternatives may be added; nothing may be removed, renamed, retyped, or become required or optional.
 */
export function breakingChanges(previous: Schema, next: Schema, path = ''): readonly string[] {
  const keywords = ['type', 'const', 'format'].filter((keyword) => previous[keyword] !== next[keyword]);
  return [
    ...keywords.map(
      (keyword) => `${at(path)}: ${keyword} changed from ${text(previous[keyword])} to ${text(next[keyword])}`,
    ),
    ...propertyChanges(previous, next, path),
    ...alternativeChanges(previous, next, path),
    ...nestedChanges(previous, next, path),
  ];
}

function propertyChanges(previous: Schema, next: Schema, path: string): readonly string[] {
  const [before, after] = [propertiesOf(previous), propertiesOf(next)];
  const [needed, needs] = [requiredOf(previous), requiredOf(next)];
  return [
    ...Object.keys(before)
      .filter((name) => !(name in after))
      .map((name) => `${at(path)}: ${name} was removed`),
    ...needed
      .filter((name) => name in after && !needs.includes(name))
      .map((name) => `${at(path)}: ${name} became optional`),
    ...needs.filter((name) => !needed.includes(name)).map((name) => `${at(path)}: ${name} became required`),
    ...Object.entries(before).flatMap(([name, schema]) => {
      const successor = after[name];
      return successor ? breakingChanges(schema, successor, `${path}/${name}`) : [];
    }),
  ];
}

function alternativeChanges(previous: Schema, next: Schema, path: string): readonly string[] {
  const [before, after] = [alternativesOf(previous), alternativesOf(next)];
  const gone = before.filter((old) => !after.some((current) => breakingChanges(old, current).length === 0));
  return gone.map((alternative) => `${at(path)}: the alternative ${text(alternative)} was removed or changed`);
}

function nestedChanges(previous: Schema, next: Schema, path: string): readonly string[] {
  return ['items', 'additionalProperties'].flatMap((keyword) => {
    const [before, after] = [previous[keyword], next[keyword]];
    return isSchema(before) && isSchema(after) ? breakingChanges(before, after, `${path}/${keyword}`) : [];
  });
}

function propertiesOf(schema: Schema): Readonly<Record<string, Schema>> {
  return (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
}

function requiredOf(schema: Schema): readonly string[] {
  return (schema['required'] ?? []) as readonly string[];
}

function alternativesOf(schema: Schema): readonly Schema[] {
  return (schema['anyOf'] ?? []) as readonly Schema[];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}

function at(path: string): string {
  return path === '' ? '/' : path;
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
