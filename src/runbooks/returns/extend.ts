import { ASKER } from '../../domain/duty.ts';
import { ReturnId } from '../../domain/ids.ts';
import type { Action, Judging, Proving } from '../define-runbook.ts';
import { curl, shellWord } from '../names.ts';
import { pendingAmong } from '../shared/pending.ts';
import { reasonField, wrongReason } from '../shared/reason.ts';
import { windowSeen } from './approve.ts';
import type { ReturnData, Windows } from './checks.ts';
import { daysOf, isNamed, listOf, windowsOf } from './listed.ts';
import { exceptionNoted } from './shared.ts';

const MINUTE = 60_000;

const NOTE = 'Note the exception at the return: who, why, how many days.';

type Seen = NonNullable<Windows['of'][number]['window']>;

/** Days that it lacks by its own dates; null: by these it is in time, or they are not told. */
function lacks(window: Seen): number | null {
  const days = daysOf(window);
  const missing = days === null ? 0 : Math.ceil(days - window.windowDays);
  return missing > 0 ? missing : null;
}

async function windowNow(proving: Proving, order: string): Promise<Seen | null> {
  return (await windowsOf(proving, [order])).get(order) ?? null;
}

/** R68, guarded: an exception from the window for one return. */
export const extendWindow: Action<ReturnData> = {
  step: 'R68',
  title: 'Extend return window',
  tier: 'guarded',
  source:
    'kubectl exec -it deployment/order-service -- \\\n  curl -X POST localhost:8080/admin/returns/ret_abc123/extend-window \\\n  -d \'{"days": 7, "reason": "customer_service_exception"}\'',
  equivalent: (names, targets, { days, reason }) =>
    curl(
      names,
      names.paths.extendWindow.replace('{id}', targets[0] ?? '<return>'),
      `-X POST -d ${shellWord(JSON.stringify({ days: Number(days ?? names.inCommands.modalDays), reason: reason ?? '<reason>' }))} `,
    ),
  rule: ({ mostDays, modalDays }) => ({
    when: `The service counts the window wrongly (9.C1), or somebody wants to be kind; ${modalDays} days in the form, ${mostDays} at most.`,
    notWhile: ['Its window is open: there is nothing to extend.', 'It is not pending any more.'],
  }),
  notes: ['The return does not go on by itself; a retry of its workflow takes it further.'],
  draft(judging) {
    const { findings, incident, thresholds } = judging;
    const seen = (findings.windows.data?.of ?? []).filter(
      (one) =>
        (one.window !== null && !one.window.eligible && one.agrees === false) || isNamed(one, incident.ids),
    );
    return seen.slice(0, thresholds.sampledOrders).map(({ id, order, window }) => {
      const missing = window === null ? null : lacks(window);
      return {
        targets: [id],
        parameters: {
          order: order ?? '',
          windowDays: String(window?.windowDays ?? ''),
          lacks: String(missing ?? ''),
        },
        preview: [
          `${id} gets a longer window, ${window?.windowDays ?? '?'} days now.`,
          missing === null
            ? 'By its own dates it is in time; the service says that it is not.'
            : `It was asked for ${missing} ${missing === 1 ? 'day' : 'days'} too late.`,
        ],
        binding: {
          kind: 'exact',
          expected: String(window?.windowDays ?? ''),
          words: `Only while it is pending with a window of ${window?.windowDays ?? '?'} days.`,
        },
        fields: [
          {
            name: 'days',
            label: 'Days more',
            kind: 'number',
            least: 1,
            most: thresholds.mostDays,
            initial: String(Math.min(thresholds.mostDays, Math.max(thresholds.modalDays, missing ?? 0))),
          },
          reasonField(thresholds, 'Reason, for the return’s notes and the audit log'),
        ],
      };
    });
  },
  when: (judging, { targets }) =>
    windowSeen(judging, targets[0] ?? '')?.agrees === false ? 'the service counts its days wrongly' : null,
  notWhile(judging: Judging<ReturnData>, { targets }) {
    const id = targets[0] ?? '';
    if (!(judging.findings.pending.data?.returns ?? []).some((one) => one.id === id))
      return 'it is not pending';
    const window = windowSeen(judging, id)?.window ?? null;
    if (window === null) return 'its window could not be read';
    if (window.eligible) return 'its window is open, there is nothing to extend';
    const missing = lacks(window);
    const { mostDays } = judging.thresholds;
    return missing !== null && missing > mostDays
      ? `it lacks ${missing} days, more than the ${mostDays} that may be given`
      : null;
  },
  validate({ days = '', reason }, { thresholds, shown }) {
    const { mostDays } = thresholds;
    const wanted = /^\d{1,3}$/.test(days) ? Number(days) : 0;
    const missing = Number(shown['lacks'] ?? '') || 0;
    return {
      ...(wanted < 1 || wanted > mostDays
        ? { days: `Write a number of days from 1 to ${mostDays}.` }
        : wanted < missing
          ? { days: `${wanted} are too few: it was asked for ${missing} days too late.` }
          : {}),
      ...wrongReason(reason, thresholds),
    };
  },
  async stillHolds(proving, run) {
    const id = run.targets[0] ?? '';
    const { order = '', windowDays } = run.parameters;
    const { found, whole } = await pendingAmong(listOf(proving), [id]);
    if (!found.has(id))
      return { changed: whole ? 'the return is no longer pending' : 'the return could not be found first' };
    const window = order === '' ? null : await windowNow(proving, order);
    if (window === null) return { changed: 'its window could not be read first' };
    if (window.eligible) return { changed: 'its window is open by now' };
    if (String(window.windowDays) !== windowDays)
      return { changed: `its window was ${windowDays} days and is ${window.windowDays} now` };
    return { targets: run.targets, dropped: [] };
  },
  apply: async (target, { days, reason }, { levers, licence, signal }) =>
    await levers.orderService.extendReturnWindow(
      ReturnId.parse(target),
      Number(days),
      reason ?? '',
      licence,
      signal,
    ),
  async readBack(_target, { order = '', windowDays }, proving) {
    const window = order === '' ? null : await windowNow(proving, order);
    if (window === null) return 'unknown';
    return window.windowDays > Number(windowDays) ? 'done' : 'not done';
  },
  proof: {
    plan: () => ({
      everyMs: MINUTE / 2,
      withinMs: 2 * MINUTE,
      alike: 2,
      words: 'The service calls the return eligible within 2 min.',
    }),
    async sample(proving) {
      const { order = '' } = proving.run.parameters;
      const window = order === '' ? null : await windowNow(proving, order);
      const { targets } = proving.run;
      return {
        moved: window?.eligible === true ? targets : [],
        unknown: window === null ? targets : [],
        line:
          window === null
            ? 'The window could not be read.'
            : `The service calls it ${window.eligible ? 'eligible' : 'not eligible'}, window ${window.windowDays} days.`,
        value: null,
        worse: false,
      };
    },
  },
  mitigates: false,
  owes: [
    { what: NOTE, owner: ASKER },
    {
      what: 'Tell customer service how many days longer the return may come.',
      owner: ASKER,
      tell: { to: 'customerService', says: 'The return window of {targets} is {days} days longer.' },
    },
  ],
  foundDone: async (proving) => await exceptionNoted(proving, NOTE),
};
