const names = new Map<string, string>();
/** The server keeps every named statement for as long as the connection lives, so there is a bound. */
const mostNames = 500;

/**
 * The name under which a connection prepares a statement; undefined when there are so many texts that this one must do
 * without. A service's statements are few and fixed: parsing and planning them at each call costs the server more than
 * running them does. Names are this process's own, as connections are.
 */
export function statementName(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= mostNames) return known;
  const name = `baton_${names.size}`;
  names.set(text, name);
  return name;
}
