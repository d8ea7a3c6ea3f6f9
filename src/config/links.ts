import * as z from 'zod';
import { LINK_NAMES, LINKS, type LinkName } from '../runbooks/links.ts';
import { described as describe, Web } from './words.ts';

/** The schema of `links`: every page that the knowledge sends people to, and no other, so that a typo is found. */
export const Links = describe(
  z.strictObject(
    Object.fromEntries(LINK_NAMES.map((name) => [name, describe(Web, LINKS[name]).optional()])) as {
      [Name in LinkName]: z.ZodOptional<z.ZodURL>;
    },
  ),
  'Pages of yours and of others; an unset one is named at the step that needs it.',
).prefault({});
