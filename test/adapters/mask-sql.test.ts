import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskSql } from '../../src/adapters/postgres/mask-sql.ts';

describe('a statement without its literals', () => {
  test.each<[string, string, string]>([
    [
      'strings and numbers',
      `select * from orders where id = 'ord_1' and total > 12.50`,
      'select * from orders where id = ? and total > ?',
    ],
    ['a doubled quote', `select 'it''s secret', 1`, 'select ?, …'],
    ['an escape string', String.raw`select E'a\'secret', e'\\' from t`, 'select ?, … from t'],
    ['bits, hex, national', `select b'01', X'ff', n'secret' from t`, 'select ?, … from t'],
    ['an escape string of Unicode', `select U&'\\0441secret' from t`, 'select ? from t'],
    ['dollar quotes', 'select $$it is a secret$$, $a$b $$ secret $b$ $a$ from t', 'select ?, … from t'],
    ['dollar quotes in a function', 'do $body$ begin perform secret(1); end $body$', 'do ?'],
    ['a type before a string', `select date'2024-01-01', interval '5 min'`, 'select date?, interval ?'],
    ['numbers of all kinds', 'select 1, 1.5e-10, .5, 0xFF, 1_000, 5. from t', 'select ?, … from t'],
    ['a list', 'select * from t where id in (1, 2,3, 4)', 'select * from t where id in (?, …)'],
    ['comments', `select 1 -- secret\n , /* secret /* and more */ secret */ x`, 'select ? , x'],
    ['white space', 'select\n\t  a\r\n from   t', 'select a from t'],
    ['a password', `alter role x password 'secret'`, 'alter role x password ?'],
    ['only a comment', '/* secret */', ''],
    ['nothing', '', ''],
  ])('%s', (_what, statement, said) => expect(maskSql(statement)).toBe(said));

  test.each([
    ['names with digits', 'select a1, t2.b3 from order_2024 o2', 'select a1, t2.b3 from order_2024 o2'],
    ['quoted names', `select "it's", "a""b 7" from t`, `select "it's", "a""b 7" from t`],
    ['dollars in a name', 'select a$$b from t$1', 'select a$$b from t$1'],
    ['parameters', 'update t set a = $1 where b = $23', 'update t set a = $1 where b = $23'],
    ['other alphabets', 'select größe from заказы', 'select größe from заказы'],
    ['operators', 'select a->>b, a::text from t where a @> b', 'select a->>b, a::text from t where a @> b'],
  ])('leaves %s', (_what, statement, said) => expect(maskSql(statement)).toBe(said));

  test.each([
    ['a string', `select 'the secr`, 'select ?'],
    ['an escape string', "select E'the secr\\'et", 'select ?'],
    ['an escape string, in its escape', "select E'the secr\\", 'select ?'],
    ['a dollar quote', 'select $x$ the secr', 'select ?'],
    ['a comment', 'select a /* the secr', 'select a'],
    ['a quoted name', 'select a, "the na', 'select a, "the na'],
  ])('where the server cut it off in %s', (_what, statement, said) => expect(maskSql(statement)).toBe(said));

  test('where a backslash may or may not have ended a string, the rest is masked', () => {
    expect(maskSql(String.raw`select 'C:\' from t where name = 'secret'`)).toBe('select ?');
    expect(maskSql(String.raw`select 'it\'s a secret', x`)).toBe('select ?');
  });

  const word = fc.stringMatching(/^[a-z]{6,12}$/);
  const around = fc.constantFrom<(text: string) => string>(
    (text) => `'${text}'`,
    (text) => `E'\\\\${text}\\''`,
    (text) => `$q$${text}$q$`,
    (text) => `$$'${text}$$`,
    (text) => `/* ${text} ' */`,
    (text) => `-- ${text}'\n`,
    (text) => `U&'${text}'''`,
  );
  test('no word inside a literal or a comment is ever said, cut off or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(around, word), { minLength: 1, maxLength: 6 }),
        fc.nat(200),
        (pieces, cut) => {
          const secrets = pieces.map(([, text]) => `zz${text}`);
          const statement = `select ${pieces.map(([put], place) => put(secrets[place] ?? '')).join(' , ')}`;
          const said = maskSql(statement.slice(0, Math.max(8, statement.length - cut)));
          expect(said).not.toContain('zz');
        },
      ),
    );
  });
});
