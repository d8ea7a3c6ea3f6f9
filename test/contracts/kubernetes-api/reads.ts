import { describe, expect, test } from 'vitest';
import { refusal, type Wire } from './wire.ts';

const MINE = 'labelSelector=app%3Dorder-service';
const query = (key: string, value: string) => `${key}=${encodeURIComponent(value)}`;

export function readsAnswerAlike(here: () => Wire): void {
  const pods = () => `/api/v1/namespaces/${here().namespace}/pods`;
  describe('a list', () => {
    test.each([
      ['a label', MINE, 3],
      ['a set', query('labelSelector', 'app in (order-service, other)'), 3],
      ['another label', query('labelSelector', 'app=order-service,x!=y'), 3],
      ['a label that is missing', query('labelSelector', 'app=order-service,!app'), 0],
      ['a phase', `${MINE}&${query('fieldSelector', 'status.phase=Running')}`, 3],
      ['another phase', `${MINE}&${query('fieldSelector', 'status.phase!=Running')}`, 0],
      ['a limit below nothing', `${MINE}&limit=-1`, 3],
    ])('is chosen by %s', async (_what, asked, count) => {
      const { status, json } = await here().call('GET', `${pods()}?${asked}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ kind: 'PodList', apiVersion: 'v1' });
      expect(json.items).toHaveLength(count);
      for (const item of json.items) expect(Object.keys(item)).not.toContain('kind');
    });

    test.each([
      ['limit=many', /^strconv.ParseInt: parsing "many": invalid syntax$/],
      ['continue=nonsense', /^invalid continue token: continue key is not valid: /],
      [query('labelSelector', 'app is x'), /^unable to parse requirement: found 'is', expected: in, notin, /],
      [query('labelSelector', 'app=a b'), /^found 'b', expected: ',' or 'end of string'$/],
      [query('labelSelector', ','), /^found ',', expected: !, identifier, or 'end of string'$/],
      [query('labelSelector', 'app=x,'), /^found '', expected: identifier after ','$/],
      [query('fieldSelector', 'spec.image=x'), /^field label not supported: spec.image$/],
      [query('fieldSelector', 'nonsense'), /^invalid selector: 'nonsense'; can't understand 'nonsense'$/],
    ])('refuses %s', async (asked, message) => {
      const answer = await here().call('GET', `${pods()}?${asked}`);
      expect(answer).toMatchObject(refusal(400, 'BadRequest', message));
    });

    test('comes page by page, and says how many are left', async () => {
      const first = await here().call('GET', `${pods()}?${MINE}&limit=2`);
      expect(first.json.items).toHaveLength(2);
      const next = encodeURIComponent(first.json.metadata.continue);
      const last = await here().call('GET', `${pods()}?${MINE}&limit=2&continue=${next}`);
      expect(last.json.items).toHaveLength(1);
      expect(last.json.metadata.continue ?? '').toBe('');
      expect(last.json.metadata.resourceVersion).toBe(first.json.metadata.resourceVersion);
    });
  });

  test.each([
    ['a pod', 'pods/nobody', 'pods "nobody" not found'],
    ['its log', 'pods/nobody/log', 'pods "nobody" not found'],
    ['its proxy', 'pods/nobody:8080/proxy/', 'pods "nobody" not found'],
    ['a secret', 'secrets/nobody', 'secrets "nobody" not found'],
    ['a service', 'services/nobody:80/proxy/', 'services "nobody" not found'],
    ['a kind', 'nothings', 'the server could not find the requested resource'],
  ])('%s that is not there is said so', async (_what, path, message) => {
    const answer = await here().call('GET', `/api/v1/namespaces/${here().namespace}/${path}`);
    expect(answer).toMatchObject(refusal(404, 'NotFound', message));
  });

  test('a token that nobody gave is not taken', async () => {
    expect(await here().call('GET', pods(), { token: 'nobodys' })).toMatchObject(
      refusal(401, 'Unauthorized', /^Unauthorized$/),
    );
  });

  test.each([
    ['PUT', ''],
    ['POST', '/{pod}/log'],
    ['DELETE', '/{pod}/log'],
  ])('%s is no way to ask pods%s', async (method, path) => {
    const asked = pods() + path.replace('{pod}', here().pod);
    const body = method === 'DELETE' ? {} : { body: {} };
    expect(await here().call(method, asked, body)).toMatchObject(
      refusal(405, 'MethodNotAllowed', /^the server does not allow this method on the requested resource$/),
    );
  });

  test.each([
    ['tailLines=-1', 422, /: tailLines: Invalid value: -1: must be greater than or equal to 0$/],
    ['limitBytes=0', 422, /: limitBytes: Invalid value: 0: must be greater than 0$/],
    ['sinceSeconds=0', 422, /: sinceSeconds: Invalid value: 0: must be greater than 0$/],
    ['sinceSeconds=5m', 400, /^strconv.ParseInt: parsing "5m": invalid syntax$/],
    ['sinceSeconds=5&sinceTime=2026-03-10T00:00:00Z', 422, /Forbidden: at most one of `sinceTime` or /],
    ['sinceTime=yesterday', 400, /^parsing time "yesterday" as /],
    ['container=nope', 400, /^container nope is not valid for pod order-service-/],
  ])('a log refuses %s', async (asked, status, message) => {
    const reason = status === 422 ? 'Invalid' : 'BadRequest';
    expect(await here().call('GET', `${pods()}/${here().pod}/log?${asked}`)).toMatchObject(
      refusal(status, reason, message),
    );
  });

  describe('the proxy', () => {
    test.each([
      ['a path and a query', ':8080/proxy/a/b?c=d', '/a/b?c=d'],
      ['no path', ':8080/proxy/', '/'],
      ['not even its slash', ':8080/proxy', '/'],
    ])('hands on %s, and no token', async (_what, rest, asked) => {
      const { status, text } = await here().call('GET', `${pods()}/${here().pod}${rest}`);
      expect(status).toBe(200);
      expect(text.split(' ')[0]).toBe(asked);
      expect(text.toLowerCase()).not.toContain('authorization');
    });

    test.each([
      [
        'a port where nobody listens',
        '{pod}:8081',
        503,
        /^error trying to reach service: dial tcp .*:8081: connect: connection refused$/,
      ],
      [
        'a port that cannot be',
        '{pod}:99999',
        503,
        /^error trying to reach service: dial tcp: address 99999: invalid port$/,
      ],
      [
        'TLS where there is none',
        'https:{pod}:8080',
        503,
        /^error trying to reach service: tls: first record does not look like a TLS handshake$/,
      ],
      ['another protocol', 'ftp:{pod}:8080', 400, /^invalid pod request "ftp:.*:8080"$/],
    ])('says what is wrong with %s', async (_what, named, status, message) => {
      const answer = await here().call('GET', `${pods()}/${named.replace('{pod}', here().pod)}/proxy/`);
      const reason = status === 503 ? 'ServiceUnavailable' : 'BadRequest';
      expect(answer).toMatchObject(refusal(status, reason, message));
    });
  });

  test('a question about rights needs to ask for something', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const attributes = { verb: 'get', resource: 'pods', namespace: here().namespace };
    expect(
      await here().call('POST', path, { body: { spec: { resourceAttributes: attributes } } }),
    ).toMatchObject({
      status: 201,
      json: { kind: 'SelfSubjectAccessReview', status: { allowed: true } },
    });
    expect(await here().call('POST', path, { body: {} })).toMatchObject(
      refusal(
        422,
        'Invalid',
        /exactly one of nonResourceAttributes or resourceAttributes must be specified$/,
      ),
    );
    expect(await here().call('POST', path, { body: 'x' })).toMatchObject(
      refusal(
        400,
        'BadRequest',
        /^the object provided is unrecognized \(must be of type SelfSubjectAccessReview\)/,
      ),
    );
  });
}
