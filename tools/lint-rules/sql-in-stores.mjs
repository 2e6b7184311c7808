const statement =
  /^\s*(select\s+[\s\S]+\sfrom\s|select\s+pg_|insert\s+into\s|update\s+\S+[\s\S]*\sset\s|delete\s+from\s|create\s+(unique\s+)?(table|index|schema)\s|alter\s+table\s|truncate\s|with\s+\w+\s+as\s*\()/i;

/** A text that reads as an SQL statement may stand only where the configuration turns this rule off: stores, migrations, persistence. */
export const sqlInStores = {
  meta: {
    type: 'problem',
    messages: {
      misplaced: 'SQL belongs into libs/persistence or a *-store.ts file; give this query a name there and call it.',
    },
    schema: [],
  },
  create(context) {
    const check = (node, text) => statement.test(text) && context.report({ node, messageId: 'misplaced' });
    return {
      Literal: (node) => typeof node.value === 'string' && check(node, node.value),
      TemplateLiteral: (node) => check(node, node.quasis.map((part) => part.value.cooked ?? '').join('x')),
    };
  },
};
