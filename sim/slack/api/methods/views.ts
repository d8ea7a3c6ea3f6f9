import * as z from 'zod';
import { wireView } from '../../views.ts';
import { json, words } from '../arguments.ts';
import { type ApiContext, type Method, method } from '../method.ts';
import { Refusal } from '../refusal.ts';

const view = json('invalid_arguments');
const triggered = z.strictObject({
  trigger_id: words.min(1).optional(),
  interactivity_pointer: words.optional(),
  view,
});

/** @throws Refusal when the trigger is unknown, used or too old */
function triggerOf({ triggers }: ApiContext, id: string | undefined) {
  if (id === undefined)
    throw new Refusal('invalid_arguments', {
      response_metadata: { messages: ['[ERROR] missing required field: trigger_id'] },
    });
  const trigger = triggers.look(id);
  if (typeof trigger === 'string') throw new Refusal(trigger);
  return { ...trigger, id };
}

export const VIEWS: readonly Method[] = [
  method({
    name: 'views.open',
    tier: 4,
    args: triggered,
    run: (args, context) => {
      const { id, user, viewId } = triggerOf(context, args.trigger_id);
      // Something done inside a modal can only open another one on top of it.
      const opened =
        viewId !== null && context.views.find(viewId)?.kind === 'modal'
          ? context.views.push(user, args.view)
          : context.views.open(user, args.view);
      context.triggers.exchange(id);
      return { view: wireView(opened) };
    },
  }),
  method({
    name: 'views.push',
    tier: 4,
    args: triggered,
    run: (args, context) => {
      const { id, user, viewId } = triggerOf(context, args.trigger_id);
      if (viewId === null) throw new Refusal('not_found');
      const pushed = context.views.push(user, args.view);
      context.triggers.exchange(id);
      return { view: wireView(pushed) };
    },
  }),
  method({
    name: 'views.update',
    tier: 4,
    args: z.strictObject({
      view,
      view_id: words.min(1).optional(),
      external_id: words.min(1).optional(),
      hash: words.optional(),
    }),
    run: (args, { views }) => {
      const { view_id: id, external_id: external } = args;
      if ((id === undefined) === (external === undefined)) {
        throw new Refusal('invalid_arguments', {
          response_metadata: { messages: ['[ERROR] must provide exactly one of view_id, external_id'] },
        });
      }
      const before = id === undefined ? views.findExternal(external ?? '') : views.find(id);
      if (before === null) throw new Refusal('not_found');
      return { view: wireView(views.update(before, args.view, args.hash ?? null)) };
    },
  }),
  method({
    name: 'views.publish',
    tier: 4,
    args: z.strictObject({ user_id: words.min(1), view, hash: words.optional() }),
    run: (args, { views, app, workspace }) => {
      if (!app.homeTab) throw new Refusal('not_enabled');
      if (!workspace.users.has(args.user_id)) throw new Refusal('user_not_found');
      return { view: wireView(views.publish(args.user_id, args.view, args.hash ?? null)) };
    },
  }),
];
