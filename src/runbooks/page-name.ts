import type { AnyRunbook } from './define-runbook.ts';

/** What the page of a runbook is called in docs/runbooks, without its ending: `07-kafka-lag`. */
export function pageName({ number, id }: AnyRunbook): string {
  return `${String(number).padStart(2, '0')}-${id}`;
}

/** A link of the card in this runbook's incidents: `{runbook}` in its address becomes the name of the page. */
export function toPage<Link extends { readonly url: string }>(link: Link, runbook: AnyRunbook): Link {
  return { ...link, url: link.url.replace('{runbook}', pageName(runbook)) };
}
