/** Where blocks are shown. Not every block may stand everywhere. */
export type Surface = 'message' | 'modal' | 'home';

export interface Report {
  readonly surface: Surface;
  /** Notes what Slack would say of the value at this JSON pointer. */
  readonly fail: (at: string, message: string) => void;
}

/** Checks one value and tells the report what is wrong with it. */
export type Rule = (value: unknown, at: string, report: Report) => void;

interface Optional {
  readonly optional: Rule;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function string(most: number, least = 1, pattern?: RegExp): Rule {
  return (value, at, report) => {
    if (typeof value !== 'string') {
      report.fail(at, 'must provide a string');
      return;
    }
    const length = [...value].length;
    if (length < least) report.fail(at, `must be more than ${least - 1} characters`);
    if (length > most) report.fail(at, `must be less than ${most + 1} characters`);
    if (pattern !== undefined && !pattern.test(value))
      report.fail(at, `failed to match pattern ${pattern.source}`);
  };
}

export const boolean: Rule = (value, at, report) => {
  if (typeof value !== 'boolean') report.fail(at, 'must provide a boolean');
};

export const anything: Rule = () => undefined;

export function integer(least: number, most: number): Rule {
  return (value, at, report) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) report.fail(at, 'must provide an integer');
    else if (value < least) report.fail(at, `must be at least ${least}`);
    else if (value > most) report.fail(at, `must be at most ${most}`);
  };
}

export const number: Rule = (value, at, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report.fail(at, 'must provide a number');
};

export function oneOf(...allowed: readonly string[]): Rule {
  return (value, at, report) => {
    if (typeof value !== 'string' || !allowed.includes(value)) {
      report.fail(at, `must be one of ${allowed.join(', ')}`);
    }
  };
}

export function list(item: Rule, most: number, least = 1): Rule {
  return (value, at, report) => {
    if (!Array.isArray(value)) {
      report.fail(at, 'must provide an array');
      return;
    }
    if (value.length > most) report.fail(at, `no more than ${most} items allowed`);
    if (value.length < least) report.fail(at, `no fewer than ${least} items allowed`);
    for (const [place, one] of value.entries()) item(one, `${at}/${place}`, report);
  };
}

export function optional(rule: Rule): Optional {
  return { optional: rule };
}

/** Exactly these fields beside `type`; `also` looks at them together. */
export function object(
  fields: Readonly<Record<string, Rule | Optional>>,
  also?: (value: Record<string, unknown>, at: string, report: Report) => void,
): Rule {
  return (value, at, report) => {
    if (!isObject(value)) {
      report.fail(at, 'must provide an object');
      return;
    }
    for (const name of Object.keys(value)) {
      if (name !== 'type' && !Object.hasOwn(fields, name))
        report.fail(at, `invalid additional property: ${name}`);
    }
    for (const [name, rule] of Object.entries(fields)) {
      const given = value[name];
      if (given !== undefined) {
        const check = typeof rule === 'function' ? rule : rule.optional;
        check(given, `${at}/${name}`, report);
      } else if (typeof rule === 'function') report.fail(at, `missing required field: ${name}`);
    }
    also?.(value, at, report);
  };
}

/** Chooses the rule by the value's `type`; any other type is refused. */
export function byType(kinds: Readonly<Record<string, Rule>>): Rule {
  return (value, at, report) => {
    if (!isObject(value)) {
      report.fail(at, 'must provide an object');
      return;
    }
    const type = value['type'];
    const rule = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (rule === undefined) report.fail(`${at}/type`, `unsupported type: ${String(type)}`);
    else rule(value, at, report);
  };
}

/** The value may stand on these surfaces only. */
export function only(surfaces: readonly Surface[], rule: Rule): Rule {
  return (value, at, report) => {
    if (surfaces.includes(report.surface)) rule(value, at, report);
    else {
      const type = isObject(value) ? String(value['type']) : 'value';
      report.fail(`${at}/type`, `unsupported type: ${type} (not in a ${report.surface})`);
    }
  };
}

/** Of these fields exactly one must be there. */
export function exactlyOne(
  value: Record<string, unknown>,
  names: readonly string[],
  at: string,
  report: Report,
): void {
  const there = names.filter((name) => value[name] !== undefined);
  if (there.length !== 1) report.fail(at, `must define exactly one of ${names.join(', ')}`);
}
