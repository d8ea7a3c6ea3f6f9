import * as z from 'zod';
import { OmsYaml } from './schema.ts';

/** What an editor checks `oms.yaml` with as it is typed: keys, kinds, descriptions. `oms config check` knows more. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(OmsYaml, { io: 'input', target: 'draft-7', unrepresentable: 'any' });
  return { ...schema, title: 'oms.yaml of oms-bot' };
}

/** As it lies in docs/oms.schema.json: an editor has no use for who uses a key. */
export function jsonSchemaText(): string {
  const shown = (key: string, value: unknown) => (key === 'usedBy' ? undefined : value);
  return `${JSON.stringify(jsonSchema(), shown, 2)}\n`;
}
