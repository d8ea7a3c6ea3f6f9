import * as z from 'zod';

/** What a key means, for `oms config explain`. */
export function described<T extends z.ZodType>(schema: T, description: string): T {
  return schema.meta({ description });
}

export const Path = z.string().regex(/^\//, 'a path begins with /');
export const Name = z.string().min(1).max(200);
