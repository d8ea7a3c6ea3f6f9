import type { SlackLimits } from './limits.ts';
import { newSecret } from './state/ids.ts';
import { OWN } from './state/workspace.ts';

export type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

/** trigger_ids: each opens one view, for three seconds (names of the errors: views.open and views.push). */
export function createTriggers(limits: SlackLimits) {
  const triggers = new Map<
    string,
    { readonly user: string; readonly viewId: string | null; readonly at: number; used: boolean }
  >();
  return {
    /** `viewId`: the view in which the person did something. */
    give(user: string, viewId: string | null): string {
      const id = `${Date.now()}.${Math.floor(Math.random() * 1e9)}.${newSecret()}`;
      triggers.set(id, { user, viewId, at: Date.now(), used: false });
      return id;
    },
    look(id: string): TriggerError | { readonly user: string; readonly viewId: string | null } {
      const trigger = triggers.get(id);
      if (trigger === undefined) return 'invalid_trigger_id';
      if (trigger.used) return 'exchanged_trigger_id';
      if (Date.now() - trigger.at > limits.triggerIdMs) return 'expired_trigger_id';
      return { user: trigger.user, viewId: trigger.viewId };
    },
    exchange(id: string): void {
      const trigger = triggers.get(id);
      if (trigger !== undefined) trigger.used = true;
    },
  };
}
export type Triggers = ReturnType<typeof createTriggers>;

/** Where a response_url leads. */
export interface ResponseTarget {
  readonly user: string;
  readonly channel: string;
  /** The message or ephemeral with the button; null: a command or a shortcut. */
  readonly original: { readonly ts: string; readonly ephemeralId: string | null } | null;
  readonly threadTs: string | null;
}

/** response_urls: five uses within thirty minutes. */
export function createResponseUrls(limits: SlackLimits, url: () => string) {
  const places = new Map<string, { readonly target: ResponseTarget; readonly at: number; uses: number }>();
  return {
    give(target: ResponseTarget): string {
      const id = newSecret();
      places.set(id, { target, at: Date.now(), uses: 0 });
      return `${url()}/actions/${OWN.team}/${id}`;
    },
    look(id: string): ResponseTarget | 'expired_url' | 'used_url' | 'not_found' {
      const place = places.get(id);
      if (place === undefined) return 'not_found';
      if (Date.now() - place.at > limits.responseUrlMinutes * 60_000) return 'expired_url';
      return place.uses >= limits.responseUrlUses ? 'used_url' : place.target;
    },
    use(id: string): void {
      const place = places.get(id);
      if (place !== undefined) place.uses += 1;
    },
  };
}
export type ResponseUrls = ReturnType<typeof createResponseUrls>;
