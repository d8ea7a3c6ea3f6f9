import { Command } from 'commander';
import { jsonSchemaText } from '../config/json-schema.ts';
import { ConfigError } from '../config.ts';
import { audit } from './audit.ts';
import { checkConfig, explainConfig } from './config.ts';
import { diagnoseHere } from './diagnose.ts';
import { doctor } from './doctor.ts';
import { initConfig } from './init.ts';
import { renderConfig } from './render.ts';
import { listRunbooks } from './runbooks.ts';

const oms = new Command('oms')
  .description('oms-bot from a terminal')
  .showHelpAfterError('`npx oms help` shows every command.')
  .addHelpText(
    'after',
    '\nTry:\n  oms config init                a first oms.yaml from what is in the cluster\n  oms config check               what is wrong or missing before npm start\n  oms doctor                     whether everything can be reached, and what is skipped\n  oms config explain escalation  one group of settings\n  oms runbooks                   every step of the ten runbooks\n  oms diagnose stuck-orders      the same diagnosis as in Slack\n  oms audit verify               whether the journal is whole',
  )
  .showSuggestionAfterError();
/** An option may be given several times. */
function gathered(id: string, before: string[]): string[] {
  return [...before, id];
}
const print = (line: string) => console.log(line);

const config = oms.command('config').description('what the bot is told by oms.yaml and the environment');
config
  .command('init [file]')
  .description('writes a commented oms.yaml from what it finds in the cluster and beside it')
  .option('--namespace <name>', 'where to look; given again, one more (the first is the home)', gathered, [])
  .option('--force', 'also where the file is there; the old one is kept beside it')
  .option('--stdout', 'prints it and writes nothing')
  .action(async (file: string | undefined, given: { namespace: string[]; force?: true; stdout?: true }) => {
    const { namespace, force = false, stdout = false } = given;
    const options = { namespace, force, stdout };
    process.exitCode = await initConfig(file, options, stdout ? (line) => console.error(line) : print);
  });
config
  .command('check')
  .description('names every mistake')
  .option('--live', 'asks the systems too, like `oms doctor`')
  .action(async ({ live }: { live?: true }) => {
    process.exitCode = checkConfig(print) || (live === true ? await doctor(print) : 0);
  });
oms
  .command('doctor')
  .description(
    'whether each system can be reached, what the bot may do there, what is skipped; exit code 1 when something is wrong',
  )
  .action(async () => {
    process.exitCode = await doctor(print);
  });
config
  .command('explain [key]')
  .description('effective value, where it came from, what it does')
  .action((key?: string) => {
    process.exitCode = explainConfig(key, print);
  });
config
  .command('render <folder>')
  .description('writes roles, grants, alert rules and commands to type, in your names')
  .option('--force', 'also over files that a person has changed')
  .action((folder: string, { force }: { force?: true }) => {
    process.exitCode = renderConfig(folder, force === true, print);
  });
config
  .command('schema')
  .description('the JSON Schema of oms.yaml, for editors')
  .action(() => {
    process.stdout.write(jsonSchemaText());
  });
oms
  .command('runbooks')
  .description('what the bot knows: every step of the ten runbooks')
  .option('--json', 'with the commands, for a machine')
  .action(({ json }: { json?: true }) => listRunbooks(json === true, print));
oms
  .command('diagnose <runbook> [ids...]')
  .description('the diagnosis of a runbook or of one of its codes; exit code 0 healthy, 1 broken, 2 unknown')
  .option('--order <id>', 'an order that it is about', gathered, [])
  .option('--refund <id>', 'a refund', gathered, [])
  .option('--return <id>', 'a return', gathered, [])
  .option('--export <id>', 'an export', gathered, [])
  .option('--payment <id>', 'a payment', gathered, [])
  .option('--json', 'the findings, for a machine')
  .action(
    async (
      runbook: string,
      ids: string[],
      { json, ...named }: Record<string, string[]> & { json?: true },
    ) => {
      process.exitCode = await diagnoseHere(runbook, ids, named, json === true, print);
    },
  );
oms
  .command('audit')
  .description('the journal')
  .command('verify')
  .description('walks the hash chain and names the first bad row')
  .action(async () => {
    process.exitCode = await audit(print);
  });

try {
  await oms.parseAsync();
} catch (err) {
  console.error(err instanceof ConfigError ? err.message : err);
  process.exitCode = 1;
}
