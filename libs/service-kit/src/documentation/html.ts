/** Text that is HTML already; anything else is escaped where it is put into a page. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Content = Html | string | number | false | undefined | readonly Content[];

/** A piece of a page: what is put between is escaped, unless it is a piece itself; `false` and undefined leave nothing. */
export function html(written: TemplateStringsArray, ...between: readonly Content[]): Html {
  return new Html(written.map((text, index) => text + rendered(between[index])).join(''));
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function rendered(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === undefined || content === false) return '';
  if (typeof content === 'object') return content.map(rendered).join('');
  return String(content).replace(/[&<>"']/g, (character) => references[character]!);
}
