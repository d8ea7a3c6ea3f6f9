import type { OmsYaml } from '../../config/schema.ts';
import { CATALOGUE } from '../../runbooks/catalogue.ts';
import { LINK_NAMES, LINKS } from '../../runbooks/links.ts';
import { stepsIn } from '../../runbooks/listing.ts';
import type { Names } from '../../runbooks/names.ts';

/** `commands.md`: what to type by hand when there is no bot, and where everything is, in the company's own names. */
export function commands({ links }: Pick<OmsYaml, 'links'>, names: Names): string {
  const runbooks = CATALOGUE.map((runbook) => {
    const steps = stepsIn(runbook, names).map(
      ({ step, title, equivalent }) => `**${step}** ${title}\n\n\`\`\`sh\n${equivalent}\n\`\`\`\n`,
    );
    return `## ${runbook.number} ${runbook.title}\n\n${runbook.codes.map((code) => `\`${code}\``).join(', ')}\n\n${steps.join('\n')}`;
  });
  const pages = LINK_NAMES.map(
    (name) => `| ${name} | ${links[name] ?? 'not configured'} | ${LINKS[name]} |\n`,
  );
  return `# What to type when there is no bot

What begins with \`$\` is a variable of your own shell: \`$ORDER_SERVICE_TOKEN\` the admin token, \`$ORDERS_DATABASE_URL\` and \`$REDIS_URL\` as the bot has them.

${runbooks.join('\n')}
## Links

| \`links.\` | | |
|---|---|---|
${pages.join('')}`;
}
