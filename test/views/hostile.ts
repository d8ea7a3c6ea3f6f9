/** Words of somebody who wants to be read as markup, to wake people and to leak. */
export const HOSTILE =
  '<!channel> <!here> @everyone *bold* <https://evil.example|bank> 4242 4242 4242 4242 maria@example.com xoxb-123456789 \u202egnp.exe';

/** Every text in which Slack reads markup. */
export function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'mrkdwn' && 'text' in value) return [String(value.text)];
  return Object.values(value).flatMap(textsOf);
}
