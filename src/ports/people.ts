import type { PersonId } from '../domain/ids.ts';

/** Whether a person is on a list of user ids and user groups; `could not tell` is a no (design §7). */
export type Membership = 'yes' | 'no' | 'could not tell';

export interface People {
  isOneOf(person: PersonId, list: readonly string[]): Promise<Membership>;
}
