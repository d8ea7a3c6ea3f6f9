import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countClasses, goesOn } from '../../../src/runbooks/shared/log-classes.ts';
import { statusOf, timedOut, withoutPeople } from '../../../src/runbooks/shared/log-lines.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/runbooks/thresholds.ts';
import { aLog, NOW } from '../../support/runbooks.ts';

const RULES = { now: NOW, thresholds: DEFAULT_THRESHOLDS };
const bad = (line: string) => (statusOf(line) === 503 ? 'bad' : null);

describe('the status that a line names', () => {
  test.each([
    ['PAYMENT_FAILED order=ord_a1b status=503 took=80', 503],
    ['PAYMENT_FAILED http_status: 429', 429],
    ['{"code":"PAYMENT_FAILED","statusCode":401}', 401],
    ['{"msg":"{\\"status\\":\\"502\\",\\"order\\":\\"ord_a1b\\"}"}', 502],
    ['{"err":"PAYMENT_FAILED","response_status":"403"}', 403],
    ['PAYMENT_FAILED gateway said HTTP/1.1 500 Internal Server Error', 500],
    ['status=502 attempt=2 status=200', 502],
    // As HTTP clients put it: axios, .NET, Spring, Python’s requests, nginx.
    ['PAYMENT_FAILED AxiosError: Request failed with status code 503', 503],
    ['PAYMENT_FAILED Response status code does not indicate success: 401 (Unauthorized).', 401],
    ['PAYMENT_FAILED HttpServerErrorException$BadGateway: 502 Bad Gateway: [no body]', 502],
    ['PAYMENT_FAILED HTTPError: 429 Client Error: Too Many Requests for url', 429],
    ['PAYMENT_FAILED 504 Gateway Time-out', 504],
    ['PAYMENT_FAILED exit status 503 items', null],
    ['PAYMENT_FAILED order=ord_503 Forbidden City, 403 items', null],
    ['PAYMENT_FAILED amount=503 order=ord_429', null],
    ['PAYMENT_FAILED exit_code=503 zip_code=50312 postal_code=503', null],
    ['PAYMENT_FAILED status=5031', null],
    ['PAYMENT_FAILED status=503.5', null],
    ['PAYMENT_FAILED status=pending', null],
    ['', null],
  ])('%s → %s', (line, status) => expect(statusOf(line)).toBe(status));
});

describe('what counts as out of time', () => {
  test.each([
    ['connect ETIMEDOUT 10.0.0.1:443', true],
    ['the call timed out', true],
    ['gateway timeout', true],
    ['error=connect_timeout', true],
    ['java.net.SocketTimeoutException', true],
    ['context deadline exceeded', true],
    ['rpc error: code = DeadlineExceeded', true],
    ['io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED', true],
    ['timeout_ms=10000 error=ENOTFOUND', false],
    ['timeout: 30s error=ENOTFOUND', false],
    ['"timeout":30', false],
    ['nothing of the kind', false],
  ])('%s → %s', (line, out) => expect(timedOut(line)).toBe(out));
});

describe('people’s own words', () => {
  test.each([
    ['PAYMENT_FAILED customer="Timeout, Tim" order=ord_a1b', 'PAYMENT_FAILED  order=ord_a1b'],
    ['{"customer":{"name":"status=503"},"x":1}', '{"'],
    ['{"email":"timeout@example.com","status":402}', '{"'],
    ['customer_name=Timeout status=402', ' status=402'],
  ])('%s loses them', (line, begin) => {
    expect(withoutPeople(line).startsWith(begin)).toBe(true);
    expect(timedOut(withoutPeople(line))).toBe(false);
    expect(statusOf(withoutPeople(line))).not.toBe(503);
  });

  test('whatever a customer is called, the class of the line is the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('customer', 'customer_name', 'email', 'cardholder', 'company'),
        fc.oneof(fc.string(), fc.constantFrom('status=503', 'Tim Timeout', 'ETIMEDOUT', '{"code":429}')),
        (key, name) => {
          const line = withoutPeople(`PAYMENT_FAILED "${key}":${JSON.stringify(name)} order=ord_a1b`);
          expect([statusOf(line), timedOut(line)]).toEqual([null, false]);
        },
      ),
    );
  });
});

test('100,000 lines are counted, each once, however long the strange ones are', () => {
  const strange = `customer="${'\\'.repeat(5_000)} {${'status='.repeat(2_000)}`;
  const lines = Array.from({ length: 100_000 }, (_, place) =>
    place % 1_000 === 0 ? strange : `PAYMENT_FAILED order=ord_${place} status=${place % 2 === 0 ? 503 : 200}`,
  );
  const counts = countClasses([aLog(lines)], ['bad'], bad, RULES);
  expect(counts.classes.bad.lines + counts.unclassed).toBe(100_000);
  expect(counts.classes.bad.lines).toBe(49_900);
  expect(counts.newestAt).toBe(NOW);
});

describe('whether failures still come, whatever the clock of the node that wrote them', () => {
  const own = (minutesAgo: number) =>
    `${new Date(NOW - minutesAgo * 60_000).toISOString()} PAYMENT_FAILED status=503`;
  test.each([
    ['they come, and our clocks agree', [own(0)], [own(0)], 0],
    ['they come, five minutes behind', [own(5.02)], [own(5.02)], 0],
    ['they come, an hour behind', [own(60)], [own(60)], 0],
    ['they come, six minutes ahead', [own(-6)], [own(-6)], 0],
    ['they come, and say no time', ['status=503'], ['status=503'], 0],
    ['they stopped ten minutes ago', [own(10)], [], 10],
    ['they stopped ten minutes ago, by a clock six minutes ahead', [own(4)], [], 5],
    ['they stopped, by a clock an hour behind', [own(90)], [], 5],
    ['they stopped, and say no time', ['status=503'], [], 5],
    ['only the short read saw them: the log was cut', [], [own(1)], 0],
  ])('%s', (_what, lines, recent, minutes) => {
    const log = { ...aLog([]), lines, matched: lines.length, recent };
    const counts = countClasses([log], ['bad'], bad, RULES);
    const { lastAt, lines: many } = counts.classes.bad;
    expect(many).toBe(1);
    expect(Math.floor((NOW - (lastAt ?? 0)) / 60_000)).toBe(minutes);
    expect(counts.newestAt).toBe(lastAt);
    expect(goesOn(counts.classes.bad, NOW, DEFAULT_THRESHOLDS)).toBe(recent.length > 0);
  });
});
