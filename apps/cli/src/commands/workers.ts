import type { WorkerView } from '@worldfarm/client';
import { Command } from 'commander';
import { printLines, table } from '../table.ts';
import { clientOf } from './context.ts';

export function workersCommand(): Command {
  const workers = new Command('workers').description('list workers, or drain one');
  workers.command('list', { isDefault: true }).action(async (_flags: object, command: Command) => {
    printLines(workerTable(await clientOf(command).workers()));
  });
  workers
    .command('drain <id>')
    .description('let a worker finish or hand back its job, and end')
    .action(async (id: string, _flags: object, command: Command) => {
      await clientOf(command).drainWorker(id);
      process.stdout.write(`${id} draining\n`);
    });
  return workers;
}

export function workerTable(workers: readonly WorkerView[]): string[] {
  const rows = workers.map((worker) => [
    worker.id,
    worker.status,
    worker.device,
    worker.profiles.join(','),
    worker.tiers.join(','),
    `${worker.jobs_done}`,
    `${worker.jobs_failed}`,
    worker.job ?? '',
  ]);
  return table(['ID', 'STATUS', 'DEVICE', 'PROFILES', 'TIERS', 'DONE', 'FAILED', 'JOB'], rows);
}
