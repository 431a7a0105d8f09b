#!/usr/bin/env node
import { Command } from 'commander';
import { batchCommand } from './commands/batch.ts';
import { doctorCommand } from './commands/doctor.ts';
import { jobsCommand } from './commands/jobs.ts';
import { keysCommand } from './commands/keys.ts';
import { modelsCommand } from './commands/models.ts';
import { renderCommand } from './commands/render.ts';
import { upCommand } from './commands/up.ts';
import { workersCommand } from './commands/workers.ts';
import { webhooksCommand } from './commands/webhooks.ts';
import { readConfig } from './config.ts';
import { explain } from './explain.ts';

const config = readConfig();

const program = new Command('worldfarm')
  .description('A render farm for world models.')
  .option('--url <url>', 'the farm to talk to', config.url)
  .option('--key <key>', 'API key', config.apiKey)
  .showHelpAfterError();

const commands = [
  upCommand(config),
  renderCommand(),
  jobsCommand(),
  batchCommand(),
  workersCommand(),
  modelsCommand(config),
  keysCommand(config),
  webhooksCommand(),
  doctorCommand(config),
];
for (const command of commands) program.addCommand(command);

// Whoever reads on may stop, as `| head` does: then there is nothing more to say.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
