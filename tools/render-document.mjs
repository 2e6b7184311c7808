import { stringify } from 'yaml';

/** The text of a generated document, by the ending of its file's name; the same document always gives the same text. */
export function renderDocument(name, document) {
  const plain = JSON.parse(JSON.stringify(document));
  return name.endsWith('.yaml')
    ? stringify(plain, { lineWidth: 120, aliasDuplicateObjects: false })
    : `${JSON.stringify(plain, null, 2)}\n`;
}
