import * as z from 'zod';

/** How services call the number of pieces that can be sold; the first that is there counts. */
const NAMES = ['available', 'stock', 'quantity', 'count'] as const;

/** A whole number, in digits where it is written as text; below zero where more was sold than there was. */
const Pieces = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^-?\d{1,15}$/, 'expected a whole number')
      .transform(Number),
  ])
  .pipe(z.int());

/** One product's count of stock, whatever else is said of it. */
export const Stock = z.looseObject({}).transform((said, context) => {
  const name = NAMES.find((one) => said[one] != null);
  const read = Pieces.safeParse(name === undefined ? undefined : said[name]);
  if (read.success) return read.data;
  context.addIssue(`${name ?? NAMES.join(', ')}: expected a whole number`);
  return z.NEVER;
});
