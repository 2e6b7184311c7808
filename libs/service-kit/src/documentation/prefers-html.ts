/**
 * Whether whoever asks wants a page to read: a browser names `text/html` in `Accept`, a program asks for JSON, for anything,
 * or for nothing in particular.
 */
export function prefersHtml(accept = ''): boolean {
  const page = weightOf(accept, 'text/html');
  return page > 0 && page >= weightOf(accept, 'application/json');
}

/** The weight (`q`, 1 by default) that an `Accept` header gives a media type by name; 0 where it does not name it. */
function weightOf(accept: string, type: string): number {
  for (const range of accept.split(',')) {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) continue;
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0;
  }
  return 0;
}
