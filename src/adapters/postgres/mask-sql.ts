/**
 * One piece of a statement as PostgreSQL's own scanner divides it (manual, 4.1): the first alternative that fits, from
 * where the last one ended. What is not closed (the server cuts long statements off) runs to the end.
 */
const PIECE = new RegExp(
  [
    // Comments carry whatever their writers put there: trace ids, user names.
    String.raw`(?<comment>--[^\n\r]*|/\*)`,
    // E'…' knows \' beside ''; the others do not.
    String.raw`(?<escaped>[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$))`,
    `(?<plain>(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$))`,
    String.raw`(?<dollars>\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$)`,
    String.raw`(?<name>(?:[uU]&)?"(?:[^"]|"")*(?:"|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\$\d+)`,
    String.raw`(?<number>0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)`,
    String.raw`(?<space>\s+)`,
    String.raw`(?<other>[\s\S])`,
  ].join('|'),
  'y',
);

const MASK = '?';

/**
 * The statement in one line without its literals and comments: `?` stands for each string and number, and once for a row
 * of them. Names stay, quoted ones too. Where it cannot be told where a string ends, all of the rest is masked.
 */
export function maskSql(statement: string): string {
  const said: string[] = [];
  let from = 0;
  while (from < statement.length) {
    PIECE.lastIndex = from;
    const groups = PIECE.exec(statement)?.groups ?? {};
    from = PIECE.lastIndex;
    const { comment, plain, escaped, dollars, name, space, other } = groups;
    if (comment !== undefined) {
      said.push(' ');
      if (comment === '/*') from = afterComment(statement, from);
    } else if (dollars !== undefined) {
      said.push(MASK);
      const end = statement.indexOf(dollars, from);
      from = end < 0 ? statement.length : end + dollars.length;
    } else if (plain !== undefined || escaped !== undefined) {
      said.push(MASK);
      // With standard_conforming_strings off, \' would not have ended it.
      if (plain?.includes("\\'") === true) break;
    } else said.push(name ?? other ?? (space === undefined ? MASK : ' '));
  }
  return said
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/\?(?: ?, ?\?)+/g, `${MASK}, …`)
    .trim();
}

/** Behind the end of a block comment, which may hold others. */
function afterComment(statement: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let depth = 1; depth > 0; ) {
    const found = edge.exec(statement)?.[0];
    if (found === undefined) return statement.length;
    depth += found === '/*' ? 1 : -1;
  }
  return edge.lastIndex;
}
