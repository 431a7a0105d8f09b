import { Command } from 'commander';
import type { CliConfig } from '../config.ts';
import { startFarm } from '../farm/start.ts';

export function upCommand(config: CliConfig): Command {
  return new Command('up')
    .description('run a whole farm on this machine: Redis, storage folder, gateway, worker')
    .action(async () => {
      const stopped = Promise.withResolvers<void>();
      const farm = await startFarm(config, (line) => process.stdout.write(`${line}\n`));
      let stopping = false;
      const stop = () => {
        if (stopping) return;
        stopping = true;
        process.stdout.write('\nStopping ...\n');
        farm.stop().then(stopped.resolve, stopped.reject);
      };
      process.on('SIGINT', stop);
      process.on('SIGTERM', stop);
      process.on('SIGHUP', stop);
      await stopped.promise;
      process.stdout.write('Stopped. Jobs and videos are kept.\n');
    });
}
