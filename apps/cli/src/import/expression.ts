import { type ASTNode, Environment } from '@marcbachmann/cel-js';

export type Row = Readonly<Record<string, string>>;

/** A compiled expression over one row; throws when a function fails on the row's values. */
export interface RowExpression {
  readonly text: string;
  /** Columns it reads as `row.NAME` or `row['NAME']`. */
  readonly columns: ReadonlySet<string>;
  evaluate(row: Row): unknown;
}

const environment = new Environment().registerVariable('row', 'map');

/** Compiles CEL over `row`, whose columns are strings; throws an Error in plain words when the text does not parse. */
export function compileRowExpression(text: string): RowExpression {
  const run = parse(text);
  const columns = new Set<string>();
  collectColumns(run.ast, columns);
  return { text, columns, evaluate: (row) => plain(run({ row })) };
}

function parse(text: string) {
  try {
    const run = environment.parse(text);
    const { valid, error } = run.check();
    if (!valid) throw new Error(error?.message ?? 'it does not check');
    return run;
  } catch (error) {
    const [message] = (error as Error).message.split('\n');
    throw new Error(`"${text}" is not an expression: ${message}`, { cause: error });
  }
}

function collectColumns(node: ASTNode, columns: Set<string>): void {
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  if (node.op === '.' && isRow(args[0])) columns.add(args[1] as string);
  if (node.op === '[]' && isRow(args[0]) && isNode(args[1]) && typeof args[1].args === 'string')
    columns.add(args[1].args);
  for (const child of args.flat(2)) if (isNode(child)) collectColumns(child, columns);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

function isRow(value: unknown): boolean {
  return isNode(value) && value.op === 'id' && value.args === 'row';
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
