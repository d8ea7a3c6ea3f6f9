import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { masked } from '../../src/domain/secrets.ts';
import { plainText } from '../../src/views/kit.ts';
import { cut, link, person, quoted, said, words } from '../../src/views/words.ts';

/** Put together here, so that nobody takes it for a real one. */
const of = (...pieces: string[]) => pieces.join('');
const JWT = of('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N');
const KEY = of('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIEow\n-----END RSA ', 'PRIVATE KEY-----');

describe('what is masked', () => {
  test.each([
    ['password=hunter2 failed', 'password=[password] failed'],
    ['passwd: hunter2', 'passwd: [password]'],
    ['{"db_password":"hun ter2","n":1}', '{"db_password":[password],"n":1}'],
    ['PGPASSWORD=hunter2', 'PGPASSWORD=[password]'],
    ['api_key = abcdef', 'api_key = [password]'],
    ['postgres://oms:hunter2@db:5432/oms', 'postgres://[password]@db:5432/oms'],
    [of('key AKIA', 'IOSFODNN7EXAMPLE used'), 'key [access key] used'],
    ['Basic b21zOmh1bnRlcjI=', '[token]'],
    ['Authorization: Basic b21zOmh1bnRlcg', 'Authorization: [token]'],
    ['Bearer abcdef123456', '[token]'],
    [of('ghp', '_16C7e42F292c6912E7710c838347Ae178B4a'), '[token]'],
    [of('xox', 'b-123456789-abc and xox', 'e.xox', 'p-1-Mi0yLTg'), '[token] and [token]'],
    [`token ${JWT}.`, 'token [token].'],
    [`a ${KEY} z`, 'a [private key] z'],
    ['maria@example.com', '[e-mail]'],
    ['4242 4242 4242 4242', '[card number]'],
    ['4242-4242-4242-4242', '[card number]'],
    ['card:4242424242424242.', 'card:[card number].'],
    ['3782 822463 10005', '[card number]'],
    ['6304000000000000000', '[card number]'],
    ['12 4242 4242 4242 4242 77', '12 [card number] 77'],
    ['4242 4242 4242 4242 4242 4242 4242 4242', '[card number] [card number]'],
  ])('%s', (text, shown) => {
    expect(masked(text)).toBe(shown);
  });

  test.each([
    'order 4242424242424241 of 40',
    'ord_4242424242424242',
    '1767236400000 ms',
    '2026-01-01 03:00:00 and 2026-01-02 03:00:00',
    '20260101 20260102 20260103',
    'Basic authentication failed, basic settings',
    'password authentication failed for user',
    'trace 550e8400-e29b-41d4-a716-446655440000',
    'ord_xyz789abc',
  ])('but not: %s', (text) => {
    expect(masked(text)).toBe(text);
  });

  test('also in text without markup', () => {
    expect(plainText('Retry for maria@example.com, password=x1', 100).text).toBe(
      'Retry for [e-mail], password=[password]',
    );
    expect(plainText('', 100).text).toBe('–');
  });
});

describe('foreign words', () => {
  test.each([
    '<!channel>',
    '<!here>',
    '<!everyone>',
    '@everyone',
    '@here',
    '@channel',
    '<!subteam^S1>',
    '<@U1>',
  ])('%s wakes nobody', (text) => {
    for (const shown of [quoted(text), words`x ${text}`.text, masked(text).replace(/<[@!]\w*\^?S?U?1>/, '')])
      expect(shown).not.toContain(text);
  });

  test('stay out of markup, ours stays in', () => {
    const line = words`*Cause* ${'<b> & *bold*'}: ${person('U1')} ${link('https://x.example/?a=1&b=2', 'Alert|1')}`;
    expect(line.text).toBe(
      '*Cause* &lt;b&gt; &amp; \u200b*\u200bbold\u200b*\u200b: <@U1> <https://x.example/?a=1&amp;b=2|Alert/1>',
    );
  });

  test.each([
    ['<@U1> has it already.', '<@U1> has it already.'],
    ['These may: <!subteam^S1>, <@W2>.', 'These may: <!subteam^S1>, <@W2>.'],
    ['<@pagerduty:Ann> has OMS-1 already.', 'Ann (PagerDuty) has OMS-1 already.'],
    ['There is no `/oms <!here>`.', 'There is no `/oms &lt;!\u200bhere&gt;`.'],
    [
      'frozen: <!channel> & <!subteam^x> <https://x|y>',
      'frozen: &lt;!\u200bchannel&gt; &amp; &lt;!subteam^x&gt; &lt;https://x|y&gt;',
    ],
  ])('in a sentence of the pipeline: %s', (text, shown) => {
    expect(said(text).text).toBe(shown);
  });

  test.each([
    ['javascript:alert(1)', 'Alert'],
    ['https://x|<!here>', 'Alert'],
  ])('are no link: %s', (url, shown) => {
    expect(link(url, 'Alert').text).toBe(shown);
  });
});

describe('cutting', () => {
  test.each([
    ['abcdef', 4, 'abc…'],
    ['ab &amp; c', 6, 'ab …'],
    ['ab 😀😀', 5, 'ab …'],
    ['ab 😀😀', 6, 'ab 😀…'],
    ['hi <@U123456> there', 9, 'hi …'],
    ['hi <!subteam^S12> x', 12, 'hi …'],
    ['at <!date^1^{time}|03:00 UTC> x', 20, 'at …'],
    ['see <https://x.example|here> x', 12, 'see …'],
    ['a <b and more', 6, 'a <b …'],
    ['short', 5, 'short'],
  ])('%s to %i', (text, most, shown) => {
    expect(cut(text, most)).toBe(shown);
  });

  test('never halves anything, whatever it is', () => {
    const piece = fc.constantFrom('&amp;', '&lt;', '<@U123>', '<!subteam^S1>', '😀', 'a', ' ', '👩‍🚒', 'é');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 60 }), (pieces, most) => {
        const shown = cut(pieces.join(''), most);
        expect(shown.length).toBeLessThanOrEqual(most);
        const starts = pieces.map((_, place) => pieces.slice(0, place).join(''));
        expect([...starts.map((start) => `${start}…`), pieces.join('')]).toContain(shown);
      }),
    );
  });
});
