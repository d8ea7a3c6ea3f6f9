import { boolean, byType, list, object, oneOf, optional, type Rule, string } from './rules.ts';

/** Ids of blocks, elements and views (Slack's types). */
export const id = string(255);
export const url = string(3_000);

/** A plain text object of 1 to `most` characters. */
export function plain(most: number): Rule {
  return byType({ plain_text: object({ text: string(most), emoji: optional(boolean) }) });
}

/** A plain or mrkdwn text object of 1 to `most` characters; the empty string is refused. */
export function text(most = 3_000): Rule {
  return byType({
    plain_text: object({ text: string(most), emoji: optional(boolean) }),
    mrkdwn: object({ text: string(most), verbatim: optional(boolean) }),
  });
}

export const placeholder = plain(150);

/** The dialog that asks before an action. Slack's own example has mrkdwn in `text`, so both are taken there. */
export const confirm = object({
  title: optional(plain(100)),
  text: text(300),
  confirm: optional(plain(30)),
  deny: optional(plain(30)),
  style: optional(oneOf('primary', 'danger')),
});

/** An option of a menu. */
export const option = object({ text: plain(75), value: string(150), description: optional(plain(75)) });

/** Only an overflow menu's option may be a link. */
export const linkOption = object({
  text: plain(75),
  value: string(150),
  description: optional(plain(75)),
  url: optional(url),
});

/** Checkboxes and radio buttons take mrkdwn too. */
export const richOption = object({ text: text(75), value: string(150), description: optional(text(75)) });

export const optionGroup = object({ label: plain(75), options: list(option, 100) });

/** An image that Slack already has: by id or by url. */
export const slackFile = object({ id: optional(string(255)), url: optional(url) }, (value, at, report) => {
  if ((value['id'] === undefined) === (value['url'] === undefined)) {
    report.fail(at, 'must define exactly one of id, url');
  }
});
