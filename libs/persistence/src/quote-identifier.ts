/** A name as SQL accepts it verbatim, for the few places where a schema or database cannot be a parameter. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
