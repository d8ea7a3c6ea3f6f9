import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { rendered } from '../../src/cli/render.ts';
import { readConfig } from '../../src/config.ts';
import { temporaryFolder } from '../support/folder.ts';
import { oms } from '../support/oms.ts';

const of = (yaml: string, env = {}) => {
  const config = readConfig({ env, readFile: () => yaml });
  return rendered(config.oms, config.env);
};
const RENAMED = `
environment: prod
workloads:
  namespace: shop
  orderService: { deployment: order-core, kind: StatefulSet, selector: app=order-core }
  workflowEngine: { deployment: flows, selector: app=flows, namespace: flows }
  kafka: { managed: true }
  postgres: { managed: true }
kafka: { consumers: { mails: { deployment: mailer, selector: app=mailer, namespace: mail } } }
payments: { secret: adyen-key, gatewayUrl: "https://api.adyen.example" }
database: { application: order-core }
carriers: { secret: dhl-key, staged: dhl-key-next }
orders:
  table: kunden.bestellungen
  columns: { status: stand, errorCode: fehler, createdAt: angelegt, updatedAt: "geändert" }
  processing: in_arbeit
metrics: { ratesIn: percent, paymentSuccessRate: zahlung_ok, publishFailed: ereignisse_verloren }
alerts: { environmentLabel: umgebung }
thresholds: { successPercent: 80 }
links: { kafka: "https://wiki.example/kafka" }
`;

test('what lies in deploy/ is what render writes for the defaults', () => {
  for (const [file, text] of Object.entries(of('')))
    if (existsSync(join('deploy', file))) expect(readFileSync(join('deploy', file), 'utf8'), file).toBe(text);
  for (const file of ['rbac-look.yaml', 'rbac-change.yaml', 'rbac-exec.yaml', 'orders-db.sql', 'alerts.yaml'])
    expect(existsSync(join('deploy', file)), file).toBe(true);
});

test('the role to run commands in pods names each program that the bot runs there', () => {
  const source = globSync('src/adapters/kubernetes/*.ts')
    .map((file) => readFileSync(file, 'utf8'))
    .filter((text) => text.includes('runInPod'))
    .join('\n');
  const programs = [...source.matchAll(/(?:\brun\(|return )\['([a-z]+)', /g)].map(([, program]) => program);
  expect(programs).toHaveLength(7);
  const named = /^# {3}([a-z, ]+?) {2,}/gm;
  const text = of('')['rbac-exec.yaml'] ?? '';
  const listed = [...text.matchAll(named)].flatMap(([, some = '']) => some.split(', '));
  expect(listed.sort()).toEqual(programs.sort());
});

describe('in a company’s own names', () => {
  const files = of(RENAMED);
  const roles = (file: string) =>
    parseAllDocuments(files[file] ?? '')
      .map((document) => document.toJS())
      .filter(({ kind }) => kind === 'Role');

  test('there is a role in each namespace, and its account in the order service’s', () => {
    expect(roles('rbac-look.yaml').map(({ metadata }) => metadata.namespace)).toEqual([
      'shop',
      'mail',
      'flows',
    ]);
    expect(files['rbac-look.yaml']).toContain('resourceNames: [adyen-key, dhl-key, dhl-key-next]');
    expect(files['rbac-look.yaml']).toContain('name: oms-bot, namespace: shop');
    expect(roles('rbac-exec.yaml').map(({ metadata }) => metadata.namespace)).toEqual(['shop']);
  });

  test('events are listed wherever changes are told (X1), and nowhere else', () => {
    const listed = (text: string) =>
      parseAllDocuments(of(text)['rbac-look.yaml'] ?? '')
        .map((document) => document.toJS())
        .filter(({ kind }) => kind === 'Role')
        .filter(({ rules }) =>
          rules.some(({ resources }: { resources: string[] }) => resources.includes('events')),
        )
        .map(({ metadata }) => metadata.namespace);
    expect(listed(RENAMED)).toEqual(['shop', 'mail', 'flows']);
    expect(listed('workloads: { namespace: shop, kafka: { namespace: streams } }')).toEqual(['shop']);
  });

  test('of a StatefulSet its controller revisions are read; where there is none they are not', () => {
    const apps = (text: string) =>
      parseAllDocuments(of(text)['rbac-look.yaml'] ?? '')
        .map((document) => document.toJS())
        .filter(({ kind }) => kind === 'Role')
        .flatMap(({ rules }) => rules)
        .filter(({ apiGroups }) => apiGroups.includes('apps'))
        .map(({ resources, verbs }) => `${verbs} ${resources}`);
    const engine = 'workloads: { workflowEngine: { kind: StatefulSet } }';
    expect(apps(engine)).toEqual([
      'get,list deployments,replicasets,statefulsets',
      'list controllerrevisions',
    ]);
    expect(apps('')).toEqual(['get,list deployments,replicasets']);
  });

  test('only what is restarted or changed may be, by its name and kind', () => {
    const granted = roles('rbac-change.yaml').flatMap(({ metadata, rules }) =>
      rules.map(
        ({ resources, resourceNames, verbs }: Record<string, readonly string[]>) =>
          `${metadata.namespace}: ${verbs} ${resources} ${resourceNames}`,
      ),
    );
    expect(granted).toEqual([
      'shop: patch statefulsets order-core',
      'shop: patch secrets dhl-key',
      'mail: patch deployments mailer',
    ]);
  });

  test('the admin pages behind the API server are granted where it hands requests on, by Service and port', () => {
    const proxied = (text: string, env = {}) =>
      ['rbac-look.yaml', 'rbac-change.yaml'].flatMap((file) =>
        parseAllDocuments(of(text, env)[file] ?? '')
          .map((document) => document.toJS())
          .flatMap(({ metadata, rules }) => (rules ?? []).map((one: object) => ({ ...metadata, ...one })))
          .filter(({ resources }) => resources.includes('services/proxy'))
          .map(({ namespace, resourceNames, verbs }) => `${namespace}: ${verbs} ${resourceNames}`),
      );
    expect(proxied('')).toEqual([]);
    const service = 'workloads: { orderService: { service: "orders:http", namespace: shop } }';
    expect(proxied(service)).toEqual(['shop: get orders:http', 'shop: create,patch,delete orders:http']);
    expect(proxied(service, { ORDER_SERVICE_URL: 'http://orders.example' })).toEqual([]);
  });

  test('a name that YAML has another use for stays a name', () => {
    const yaml = `workloads: { namespace: "no", orderService: { deployment: "2024" } }
payments: { secret: "on" }
`;
    const read = (text = '') => parseAllDocuments(text, { version: '1.1' }).map((each) => each.toJS());
    const [account, look] = read(of(yaml)['rbac-look.yaml']);
    expect(account.metadata.namespace).toBe('no');
    expect(JSON.stringify(look.rules)).toContain('"resourceNames":["on",');
    const [change, binding] = read(of(yaml)['rbac-change.yaml']);
    expect(change.rules[0].resourceNames).toEqual(['2024']);
    expect(binding.subjects[0].namespace).toBe('no');
  });

  test('the grants name schema, table and columns, in quotes where they need them', () => {
    expect(files['orders-db.sql']).toContain('grant usage on schema kunden to');
    expect(files['orders-db.sql']).toContain(
      'grant select (id, stand, fehler, angelegt, "geändert") on kunden.bestellungen to',
    );
    expect(files['orders-db.sql']).toContain("stand = 'in_arbeit'");
    const words = 'orders:\n  table: order\n  columns: { status: user, createdAt: desc }\n';
    const reserved = rendered(readConfig({ env: {}, readFile: () => words }).oms)['orders-db.sql'];
    expect(reserved).toContain('grant select (id, "user", error_code, "desc", updated_at) on "order" to');
  });

  test('alerts carry codes, the environment’s own label, and the company’s metrics and limits', () => {
    const { groups } = parse(files['alerts.yaml'] ?? '') as {
      groups: { rules: { labels: Record<string, string>; expr: string }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.map(({ labels }) => labels['code'])).toContain('KAFKA_PUBLISH_FAILED');
    for (const { labels } of rules) expect(labels).toMatchObject({ umgebung: 'prod' });
    expect(rules[0]?.expr).toBe('min(zahlung_ok) < 80');
  });

  test('commands and links are for whoever has no bot', () => {
    expect(files['commands.md']).toContain('kubectl -n shop rollout restart statefulset/order-core');
    expect(files['commands.md']).toContain('| kafka | https://wiki.example/kafka |');
    for (const own of ['order-service', 'stripe', 'payment-gateway-credentials', '-n default'])
      expect(files['commands.md']).not.toContain(own);
  });
});

describe('oms config render', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  test('leaves alone what a person has changed, unless forced', async () => {
    const out = join(folder.path, 'out');
    const first = await oms(['config', 'render', out], RENAMED);
    expect(first).toMatchObject({ code: 0 });
    const path = join(out, 'alerts.yaml');
    writeFileSync(path, `${readFileSync(path, 'utf8')}# ours\n`);
    const other = RENAMED.replace('order-core', 'orders');
    const second = await oms(['config', 'render', out], other);
    expect(second.code).toBe(1);
    expect(second.said).toContain(`${path} was changed by hand and left alone; --force writes it anew.`);
    expect(second.said).toContain('rbac-change.yaml was written.');
    expect(readFileSync(path, 'utf8')).toContain('# ours');
    expect((await oms(['config', 'render', out, '--force'], other)).code).toBe(0);
    expect(readFileSync(path, 'utf8')).not.toContain('# ours');
  });
});

test('a folder that is a file is named, in one line', async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'a-file');
  writeFileSync(path, '');
  const { code, said } = await oms(['config', 'render', path]);
  folder.remove();
  expect(said).toBe(
    `${path} is no folder that can be written to: EEXIST: file already exists, mkdir '${path}'.\n`,
  );
  expect(code).toBe(1);
});
