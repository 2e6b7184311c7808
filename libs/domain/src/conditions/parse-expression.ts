import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';

/** A fault of an expression: offset in its text (UTF-16 units), a plain sentence. */
export interface ExpressionFault {
  readonly offset: number;
  readonly message: string;
}

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 2000, maxDepth: 100 },
});

/** The syntax tree of a CEL expression, or the first fault of its syntax. Never throws. */
export function parseExpression(source: string): { readonly ast: ASTNode } | { readonly fault: ExpressionFault } {
  if (source.trim() === '')
    return { fault: { offset: 0, message: 'the expression is empty; write a condition or leave the key out' } };
  try {
    return { ast: environment.parse(source).ast };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const offset = Math.min(error.node?.start ?? error.range?.start ?? 0, source.length);
    return { fault: { offset, message: explainSyntax(error, source, offset) } };
  }
}

function explainSyntax(error: ParseError, source: string, offset: number): string {
  const rest = source.slice(offset);
  if (rest.startsWith('=')) return 'a single = means nothing here; write == to compare';
  const word = /^(?:and|or|not)\b/i.exec(rest) ?? /\b(?:not|and|or)\s*$/i.exec(source.slice(0, offset));
  if (word !== null) return `write && for and, || for or, ! for not`;
  if (/^[&|]/.test(rest)) return 'write && for and, || for or';
  if (error.code === 'unterminated_string') return 'this text never ends; close it with the same quote';
  if (error.code === 'reserved_identifier')
    return `${error.summary.replace('Reserved identifier: ', '')} is a reserved word of CEL and cannot be a name`;
  if (/escape/i.test(error.summary)) return `${sentence(error.summary)}; write patterns as raw strings, r'\\bvp\\b'`;
  if (rest.trim() === '') return 'the expression ends too early';
  return `${sentence(error.summary)}`;
}

const tokenWords: Readonly<Record<string, string>> = {
  EOF: 'the end',
  RPAREN: ')',
  LPAREN: '(',
  RBRACKET: ']',
  LBRACKET: '[',
  COLON: ':',
  COMMA: ',',
  IDENTIFIER: 'a name',
};

function sentence(summary: string): string {
  const plain = summary.replace(/\b[A-Z]{2,}\b/g, (token) => tokenWords[token] ?? token.toLowerCase());
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
