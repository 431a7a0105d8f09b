#!/usr/bin/env node
import { Command } from 'commander';
import { doctorCommand } from './commands/doctor.ts';
import { jobsCommand } from './commands/jobs.ts';
import { renderCommand } from './commands/render.ts';
import { upCommand } from './commands/up.ts';
import { readConfig } from './config.ts';
import { explain } from './explain.ts';

const config = readConfig();

const program = new Command('worldfarm')
  .description('A render farm for world models.')
  .option('--url <url>', 'the farm to talk to', config.url)
  .option('--key <key>', 'API key', config.apiKey)
  .showHelpAfterError();

for (const command of [upCommand(config), renderCommand(), jobsCommand(), doctorCommand(config)]) {
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
