/** The text of a generated document, by the ending of its file's name; the same document always gives the same text. */
export declare function renderDocument(name: string, document: unknown): string;
