import { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { audit } from './audit.ts';
import { checkConfig, explainConfig } from './config.ts';

const oms = new Command('oms')
  .description('oms-bot from a terminal')
  .showHelpAfterError('`npx oms help` shows every command.')
  .addHelpText(
    'after',
    '\nTry:\n  oms config check               what is wrong or missing before npm start\n  oms config explain escalation  one group of settings\n  oms audit verify               whether the journal is whole',
  )
  .showSuggestionAfterError();
const print = (line: string) => console.log(line);

const config = oms.command('config').description('what the bot is told by oms.yaml and the environment');
config
  .command('check')
  .description('names every mistake')
  .action(() => {
    process.exitCode = checkConfig(print);
  });
config
  .command('explain [key]')
  .description('effective value, where it came from, what it does')
  .action((key?: string) => {
    process.exitCode = explainConfig(key, print);
  });
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
