import { soon } from './examined.ts';
import { type Item, oneOf, someOf } from './first-file.ts';
import { wordsOf } from './likeness.ts';
import type { FoundTable, FoundWorkload } from './ports/discovery.ts';
import type { OrdersDatabaseProbe } from './ports/probes.ts';
import { RUNBOOK_NAMES } from './runbooks/names.ts';

const { orders, statuses, postgres } = RUNBOOK_NAMES;

/** What a column may be called, without its underscores; the first is the usual one. */
const COLUMNS = {
  id: ['id', 'orderid', 'uuid', 'orderuuid', 'ordernumber', 'orderno'],
  status: ['status', 'state', 'orderstatus', 'orderstate'],
  errorCode: ['errorcode', 'failurecode', 'lasterrorcode', 'failurereason', 'error', 'lasterror'],
  createdAt: ['createdat', 'created', 'createdon', 'creationdate', 'placedat', 'orderedat', 'insertedat'],
  updatedAt: [
    'updatedat',
    'updated',
    'updatedon',
    'modifiedat',
    'lastmodified',
    'lastmodifiedat',
    'changedat',
  ],
} as const;
const USUAL = {
  id: 'id',
  status: 'status',
  errorCode: 'error_code',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};
const ZONED = 'timestamp with time zone';

/** `orders.table` and `orders.columns`. @throws SystemError, AbsentSystem */
export async function tableItems(
  probe: OrdersDatabaseProbe,
): Promise<{ readonly items: readonly Item[]; readonly line: string; readonly whole: boolean }> {
  const tables = await probe.tables(soon());
  const line = `${tables.length === 1 ? '1 table' : `${tables.length} tables and views`}.`;
  const exact = tables.filter(({ table }) => table === orders.table);
  const like = tables.filter(
    ({ table, columns }) =>
      wordsOf(table.split('.').at(-1) ?? '').some((word) => /^orders?$/.test(word)) &&
      columns.some((one) => fits('status', one.name)) &&
      columns.some((one) => fits('createdAt', one.name)),
  );
  const [table, ...more] = exact.length > 0 ? exact : like;
  if (table === undefined) {
    const notes = [
      `not found: no table ${orders.table}, nor one like it that has a status and a time; there are ${someOf(tables.map((one) => one.table))}`,
    ];
    return { items: [{ key: 'table', off: true, value: orders.table, notes }], line, whole: false };
  }
  if (more.length > 0) {
    const names = [table, ...more].map((one) => one.table);
    return { items: oneOf('table', names), line, whole: false };
  }
  const columns = columnItems(table);
  return {
    line,
    whole: columns.every(({ off }) => off !== true),
    items: [
      table.table === orders.table
        ? { key: 'table', notes: [`found: the table ${table.table}`] }
        : { key: 'table', value: table.table, notes: ['found, by its name and columns'] },
      ...(columns.length > 0 ? [{ key: 'columns', value: columns }] : []),
    ],
  };
}

function fits(key: keyof typeof COLUMNS, column: string): boolean {
  return (COLUMNS[key] as readonly string[]).includes(column.toLowerCase().replaceAll('_', ''));
}

/** Those that differ from the usual, and what is to be known of the others. */
function columnItems({ columns }: FoundTable): readonly Item[] {
  return (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).flatMap((key): readonly Item[] => {
    const usual = columns.find(({ name }) => name === USUAL[key]);
    const found = usual === undefined ? columns.filter(({ name }) => fits(key, name)) : [usual];
    const [first, ...more] = found;
    const timed = key === 'createdAt' || key === 'updatedAt';
    if (first === undefined) {
      const alike = columns.filter(({ type }) => (timed ? type.startsWith('timestamp') : true));
      const named = alike.slice(0, 12).map(({ name }) => name);
      const notes = [
        `not found; the columns ${timed ? 'with a time ' : ''}are ${named.join(', ') || 'none'}`,
      ];
      return [{ key, off: true, value: USUAL[key], notes }];
    }
    const notes = [
      ...(first.readable ? [] : [`our role may not read ${first.name}: deploy/orders-db.sql grants it`]),
      ...(timed && first.type !== ZONED
        ? [`${first.name} is a ${first.type}: orders.timeZone says by what clock, else it is the database’s`]
        : []),
    ];
    if (more.length > 0)
      return oneOf(
        key,
        found.map(({ name }) => name),
      );
    if (first.name !== USUAL[key]) return [{ key, value: first.name, notes }];
    return notes.length === 0 ? [] : [{ key, notes }];
  });
}

/** Days of orders whose statuses are looked at. */
const DAYS = 7;

/** `orders.statuses` and the ones that mean something. @param probe of the table that was found @throws SystemError */
export async function statusItems(probe: OrdersDatabaseProbe): Promise<readonly Item[]> {
  const seen = [...(await probe.statuses(DAYS, soon()))].sort();
  const said = seen.length === 0 ? 'none' : seen.join(', ');
  const unknown = seen.filter((status) => !statuses.all.includes(status));
  return [
    unknown.length === 0
      ? { key: 'statuses', notes: [`found: orders of ${DAYS} days have the statuses ${said}`] }
      : {
          key: 'statuses',
          // What is rarer than once in these days is as in the runbook, where its word for them is theirs too.
          value: seen.includes(statuses.processing) ? [...statuses.all, ...unknown] : seen,
          notes: [
            `found: those of orders of ${DAYS} days. Add what is rarer; \`/oms stuck-orders\` takes no other.`,
          ],
        },
    ...(['processing', 'pendingPayment', 'readyToShip'] as const)
      .filter((key) => !seen.includes(statuses[key]))
      .map((key): Item => {
        const notes = [`not found: no order of ${DAYS} days has the status ${statuses[key]}; which is it?`];
        return { key, off: true, value: statuses[key], notes };
      }),
  ];
}

/** `application_name` of our own sessions. */
const OURS = 'oms-bot';

/** `database`: how the service's sessions and its pool are called. @throws SystemError, AbsentSystem */
export async function sessionItems(
  probe: OrdersDatabaseProbe,
  service: FoundWorkload | null,
): Promise<readonly Item[]> {
  const { byApplication } = await probe.activity(soon());
  const names = byApplication
    .map(({ application }) => application)
    .filter((name) => name !== '' && name !== OURS);
  const key = 'application';
  if (names.includes(postgres.application))
    return [{ key, notes: [`found: sessions with application_name ${postgres.application}`] }];
  if (service !== null && names.includes(service.name))
    return [{ key, value: service.name, notes: ['found: sessions with this application_name'] }];
  const seen = names.slice(0, 8).join(', ') || 'none with a name';
  const notes = [`not found: no session is called ${postgres.application}; there are ${seen}`];
  return [{ key, off: true, value: postgres.application, notes }];
}

/** The variable of the pool’s size (R43), by its name in the order service’s template. */
export function poolItems(service: FoundWorkload | null): readonly Item[] {
  const key = 'poolSizeEnv';
  const variables = service?.containers.flatMap((one) => one.variables) ?? [];
  if (service === null || variables.includes(postgres.poolSizeEnv)) return [];
  const found = variables.filter((name) => /POOL/i.test(name) && /SIZE|MAX/i.test(name));
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0)
    return [{ key, value: only, notes: [`found: a variable of ${service.name}, by its name`] }];
  if (only !== undefined) return oneOf(key, found);
  const notes = [
    `not found: ${service.name} sets no variable ${postgres.poolSizeEnv}, nor one with “pool” and “size” or “max” (R43 sets the pool’s size by it)`,
  ];
  return [{ key, off: true, value: postgres.poolSizeEnv, notes }];
}
