import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StatusPageProbe } from '../../src/ports/status-page.ts';
import { outcome, patient } from '../support/trouble.ts';

export interface StatusPageUnderTest {
  readonly probe: StatusPageProbe;
  /** Publishes an incident on the first component, just now. */
  publish(incident: {
    readonly name: string;
    readonly impact: 'minor' | 'major' | 'critical';
  }): Promise<void>;
  resolve(name: string): Promise<void>;
  /** A maintenance of the second component, in progress for `minutes` more, or to come. */
  plan(maintenance: { readonly name: string; readonly when: 'now' | 'later' }): Promise<void>;
  /** Names, in the page's order. */
  readonly components: readonly string[];
  now(): number;
  stop(): Promise<void>;
}

/**
 * What every status page behind `StatusPageProbe` has to keep. It is quiet at first.
 *
 * No real Statuspage is asked by these tests: the service is somebody else's, cannot be run here, and nobody may publish an
 * incident on it for a test. The pretend one is written after Atlassian's public description of the API, with its fields.
 */
export function statusPageContract(name: string, open: () => Promise<StatusPageUnderTest>): void {
  describe(`a status page: ${name}`, () => {
    let here: StatusPageUnderTest;
    beforeAll(async () => {
      here = await open();
    });
    afterAll(async () => await here?.stop());
    const ask = async () => await here.probe.summary('gateway', patient());

    test('a quiet one names its components, all operational, and nothing else', async () => {
      expect(await ask()).toEqual({
        incidents: [],
        maintenance: [],
        components: here.components.map((component) => ({ name: component, status: 'operational' })),
        unread: 0,
      });
    });

    test('an incident comes with its name, impact, state, time and what it affects', async () => {
      await here.publish({ name: 'Elevated errors', impact: 'major' });
      const { incidents, components, unread } = await ask();
      expect(unread).toBe(0);
      expect(incidents).toEqual([
        {
          name: 'Elevated errors',
          impact: 'major',
          status: 'investigating',
          since: expect.any(Number),
          components: [here.components[0]],
        },
      ]);
      expect(Math.abs((incidents[0]?.since ?? 0) - here.now())).toBeLessThan(120_000);
      expect(components[0]).toEqual({ name: here.components[0], status: 'partial outage' });
      expect(components[1]).toEqual({ name: here.components[1], status: 'operational' });
    });

    test('resolved, it is gone', async () => {
      await here.resolve('Elevated errors');
      expect(await ask()).toMatchObject({ incidents: [], components: [{ status: 'operational' }, {}, {}] });
    });

    test('a maintenance counts while it is in progress, not before', async () => {
      await here.plan({ name: 'New disks', when: 'later' });
      expect((await ask()).maintenance).toEqual([]);
      await here.plan({ name: 'New cables', when: 'now' });
      const { maintenance, components } = await ask();
      expect(maintenance).toEqual([
        {
          name: 'New cables',
          since: expect.any(Number),
          until: expect.any(Number),
          components: [here.components[1]],
        },
      ]);
      expect(components[1]?.status).toBe('under maintenance');
    });

    test('a call whose time is up before it begins asks nothing', async () => {
      expect(await outcome(here.probe.summary('gateway', AbortSignal.abort()))).toMatchObject({
        fault: 'too slow',
        sent: 'no',
      });
    });
  });
}
