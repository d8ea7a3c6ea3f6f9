import { describe, expect, test } from 'vitest';
import { type Approvers, whoMayApprove } from '../../src/domain/approval.ts';
import type { Offer } from '../../src/domain/offer.ts';
import { anOffer } from '../support/incidents.ts';

const LISTS: Approvers = {
  responders: ['URESPONDER'],
  approvers: ['UAPPROVER'],
  managers: ['UMANAGER'],
  byAction: {},
};

describe('whose yes counts', () => {
  test.each<[string, Partial<Offer>, Partial<Approvers>, readonly string[]]>([
    ['safe', {}, {}, ['URESPONDER', 'UAPPROVER']],
    ['disruptive', { tier: 'disruptive' }, {}, ['URESPONDER', 'UAPPROVER']],
    ['guarded', { tier: 'guarded' }, {}, ['UAPPROVER']],
    ['what the runbook leaves to managers', { tier: 'guarded', approvers: 'managers' }, {}, ['UMANAGER']],
    ['managers, and there are none', { tier: 'guarded', approvers: 'managers' }, { managers: [] }, []],
    [
      'a list of its own for this action',
      { tier: 'guarded', approvers: 'managers', action: 'R66' },
      { byAction: { R66: ['S0FRAUD'] } },
      ['S0FRAUD'],
    ],
  ])('%s', (_what, offer, lists, who) =>
    expect(whoMayApprove(anOffer(offer), { ...LISTS, ...lists })).toEqual(who),
  );
});
