/**
 * Fields in which people's own words stand: a customer may be called anything. Their values are no sign of a failure.
 * Takes `key=value`, `key="some words"`, JSON, JSON inside a JSON string, and an object one level deep.
 */
const PEOPLE =
  /(?<![A-Za-z0-9])(?:(?:customer|buyer|payer|user|card[_-]?holder|recipient|contact|company)(?:[._-]?(?:name|e?mail|address|company))?|(?:first|last|full|billing|shipping)[_-]?(?:name|address)|e?mail)\\?["']?\s*[=:]\s*(?:\{[^{}]*\}|\\"[^"\\]*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;}]+)/gi;

/** The keys under which services write an HTTP status, the status line itself, or a client's words: *status code 503*, *502 Bad Gateway*. */
const STATUS =
  /(?<![A-Za-z0-9_-])(?:(?:http|response|gateway|upstream|error)[_-]?)?(?:status[_-]?code|status|code)\\?["']?\s*[=:]\s*\\?["']?([2-5]\d\d)(?![\d.])|\bHTTP(?:\/\d(?:\.\d)?)?\s+([2-5]\d\d)\b|\b(?:status|response) code\s+([2-5]\d\d)\b|(?<![\w.=-])([45]\d\d) \(?(?:(?:Client|Server) Error|Unauthorized|Forbidden|Too Many Requests|Internal Server Error|Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out)\b/i;

/** A call that ran out of time. A configured limit (`timeout_ms=10000`, `timeout: 30s`) is none. */
const TIMED_OUT =
  /ETIMEDOUT|deadline[ _-]?exceeded|(?<![A-Za-z])timed[ _-]?out(?![A-Za-z])|(?<![A-Za-z])time-?out(?![A-Za-z_]|["']?\s*[=:]\s*["']?\d)|Timeout(?:Error|Exception)\b/i;

/** The line without the words of customers. */
export function withoutPeople(line: string): string {
  return line.replace(PEOPLE, '');
}

/** The first HTTP status that the line names, 200 to 599; null: none. */
export function statusOf(line: string): number | null {
  const digits = STATUS.exec(line)
    ?.slice(1)
    .find((group) => group !== undefined);
  return digits === undefined ? null : Number(digits);
}

export function timedOut(line: string): boolean {
  return TIMED_OUT.test(line);
}
