import * as z from 'zod';
import { OmsYaml } from './schema.ts';

/** What an editor checks `oms.yaml` with as it is typed: keys, kinds, descriptions. `oms config check` knows more. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(OmsYaml, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return { ...schema, title: 'oms.yaml of oms-bot' };
}

/** As it lies in docs/oms.schema.json. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(jsonSchema(), null, 2)}\n`;
}
