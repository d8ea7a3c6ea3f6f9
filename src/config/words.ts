import * as z from 'zod';

/**
 * What a key means, for `oms config explain` and editors.
 * @param usedBy who uses it, where what is said without asking anybody does not show it (`src/cli/used-by.ts`)
 */
export function described<T extends z.ZodType>(
  schema: T,
  description: string,
  ...usedBy: readonly string[]
): T {
  return schema.meta(usedBy.length === 0 ? { description } : { description, usedBy });
}

export const Name = z.string().min(1).max(200);

/** A name of one object in Kubernetes. */
export const ObjectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'a name in Kubernetes has small letters, digits, - and .');
/** A Service with its port, as the API server's proxy has it. */
export const ServicePort = z
  .string()
  .regex(
    /^(https:)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?:(\d{1,5}|[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?)$/,
    'a Service is written order-service:80 or order-service:http, with https: before it where it speaks TLS',
  );
export const Namespace = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'a namespace has small letters, digits and -');

const KEY = String.raw`([A-Za-z0-9][-\w.]{0,252}/)?[A-Za-z0-9][-\w.]{0,62}`;
const VALUE = String.raw`[-\w.]{0,63}`;
const REQUIREMENT = new RegExp(
  `^(!?${KEY}|${KEY}(==?|!=)${VALUE}|${KEY} (in|notin) \\(${VALUE}(, ?${VALUE})*\\))$`,
);

/** A label selector that names what it wants: one that only leaves out would take all other pods of the namespace. */
export const Selector = z
  .string()
  .max(500)
  .refine((text) => requirements(text).every((one) => REQUIREMENT.test(one)), {
    error: 'a selector is written app=order-service, more labels by comma',
    abort: true,
  })
  .refine((text) => requirements(text).some((one) => !/^!|!=| notin /.test(one)), {
    error: 'a selector names a label that its pods have; this one would take every other pod as well',
  });

/** By comma, but for those inside parentheses. */
function requirements(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map((one) => one.trim());
}

/** @param about what `{id}` stands for has to be in the path, or must not */
export function path(about: 'each' | 'all') {
  const Path = z.string().regex(/^\/[^\s?#]*$/, 'a path begins with / and has no question behind it');
  return about === 'each'
    ? Path.refine((text) => text.split('{id}').length === 2, {
        error: '{id} stands in this path once, for what is asked about',
      })
    : Path.refine((text) => !/[{}]/.test(text), { error: 'this path is about all, so no {…} stands in it' });
}

export const MetricName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_:][\w:]*$/, 'a metric’s name has letters, digits, _ and :');

/** Compared as it is: no regular expression, so nothing in it can run for ever. */
export const PlainText = z
  .string()
  .min(3, 'a text of fewer than three characters stands in nearly every line')
  .max(200)
  .regex(/^[^\r\n]*$/, 'a text is looked for within one line');

export const Topic = z
  .string()
  .regex(/^(?!\.{1,2}$)[\w.-]{1,249}$/, 'a topic’s name has letters, digits, ., _ and -');

/** Redis tries each star at each place, so that many of them keep it busy for minutes. */
export const Glob = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.split('*').length <= 4, {
    error: 'a pattern has three stars at most: Redis would try for minutes',
  })
  .refine((text) => /^[^*?[]{3}/.test(text), {
    error: 'a pattern begins with three plain characters, else it takes keys of others',
  });

export const Variable = z
  .string()
  .regex(/^[A-Za-z_]\w{0,199}$/, 'a variable’s name has letters, digits and _');

export const Web = z.url({ protocol: /^https?$/, error: 'an address is written https://host/path' });

export const Port = z.number().int().min(1).max(65_535);
