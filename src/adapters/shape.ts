import type * as z from 'zod';

/** Why an answer has not the shape that was expected, in at most 120 characters: the first place that differs. */
export function misfit(error: z.ZodError): string {
  const [first] = error.issues;
  if (first === undefined) return 'unknown';
  return [...first.path, first.message].join(': ').slice(0, 120);
}
