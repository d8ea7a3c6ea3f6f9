import * as z from 'zod';
import { ADMIN_PATHS, PATH_NAMES, type PathName } from '../runbooks/paths.ts';
import { described as describe, path } from './words.ts';

type PathSchema<Name extends PathName> = (typeof ADMIN_PATHS)[Name]['path'] extends null
  ? z.ZodOptional<z.ZodString>
  : z.ZodDefault<z.ZodString>;

function schemaOf(name: PathName) {
  const { path: usual, means, about, usedBy } = ADMIN_PATHS[name];
  const schema = describe(path(about), means, ...usedBy);
  return usual === null ? schema.optional() : schema.default(usual);
}

/** The schema of `admin`, from the one table of the order service’s pages. */
export const Admin = z
  .strictObject({
    ...(Object.fromEntries(PATH_NAMES.map((name) => [name, schemaOf(name)])) as {
      [Name in PathName]: PathSchema<Name>;
    }),
    tokenHeader: describe(
      z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'a header’s name has letters, digits and -'),
      'The header of the admin token.',
      'every call of the order service’s admin pages',
    ).default('authorization'),
  })
  .prefault({});
