import { ErrorCode } from '@slack/web-api';
import { SystemError } from '../ports/system-error.ts';

/** Slack's words for a token that it does not take. */
const BAD_TOKEN = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

/**
 * The first call with a token.
 * @param setting the environment's name of that token
 * @throws SystemError with one sentence that names what to look at
 */
export async function signIn<T>(setting: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (err) {
    const { code, data } = err as { code?: unknown; data?: { error?: string; needed?: string } };
    const said = data?.error ?? '';
    if (code !== ErrorCode.PlatformError) {
      throw new SystemError('Slack', 'unreachable', `Slack cannot be reached: ${innermost(err)}.`, {
        sent: 'no',
        mayRetry: true,
        cause: err,
      });
    }
    const because = BAD_TOKEN.has(said)
      ? `Slack does not take the token in ${setting} (${said}). Copy it again from the app’s page.`
      : said === 'missing_scope'
        ? `The token in ${setting} lacks the scope ${data?.needed ?? '(Slack names none)'}. Install the app again from manifest.yml.`
        : `Slack refused the token in ${setting}: ${said}.`;
    throw new SystemError('Slack', 'refused', because, { sent: 'no', mayRetry: false, cause: err });
  }
}

/** A failed request wraps the reason several times over. */
function innermost(err: unknown): string {
  let inner = err;
  for (;;) {
    const { original, cause } = inner as { original?: unknown; cause?: unknown };
    const next = original ?? cause;
    if (!(next instanceof Error) || next === inner) break;
    inner = next;
  }
  return inner instanceof Error ? inner.message : String(inner);
}
