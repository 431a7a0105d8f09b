import type { Job } from '@worldfarm/client';
import { JOB_STATUSES, type Priority, prioritySchema } from '@worldfarm/core';
import { Argument, Command, Option } from 'commander';
import { printLines, table } from '../table.ts';
import { clientOf } from './context.ts';

export function jobsCommand(): Command {
  const jobs = new Command('jobs').description('list jobs, newest first, or act on one');
  jobs
    .command('list', { isDefault: true })
    .addOption(new Option('--status <status>', 'only these').choices([...JOB_STATUSES]))
    .option('--profile <id>', 'only this profile')
    .option('--limit <n>', 'how many', '20')
    .option('--json', 'as JSON lines')
    .action(
      async (
        flags: { status?: string; profile?: string; limit: string; json?: boolean },
        command: Command,
      ) => {
        const { status, profile, limit } = flags;
        const { data } = await clientOf(command).jobs({ status, profile, limit });
        const lines = flags.json ? data.map((job) => JSON.stringify(job)) : jobTable(data);
        printLines(lines);
      },
    );
  jobs
    .command('show <id>')
    .description('everything about one job')
    .action(async (id: string, _flags: object, command: Command) => {
      process.stdout.write(`${JSON.stringify(await clientOf(command).job(id), null, 2)}\n`);
    });
  for (const action of ['cancel', 'retry'] as const) {
    jobs
      .command(`${action} <id>`)
      .description(`${action} one job`)
      .action(async (id: string, _flags: object, command: Command) => {
        const { status } = await clientOf(command)[action](id);
        process.stdout.write(`${id} ${status}\n`);
      });
  }
  jobs
    .command('priority <id>')
    .description('move a queued job in the line')
    .addArgument(new Argument('<priority>').choices(prioritySchema.options))
    .action(async (id: string, wanted: Priority, _flags: object, command: Command) => {
      const { priority } = await clientOf(command).changePriority(id, wanted);
      process.stdout.write(`${id} ${priority}\n`);
    });
  return jobs;
}

/** Jobs as lines of columns, a header first. */
export function jobTable(jobs: readonly Job[]): string[] {
  const rows = jobs.map((job) => [
    job.id,
    job.status,
    job.status === 'active' ? `${Math.round(job.progress.value * 100)}%` : '',
    `${job.profile}/${job.tier}`,
    job.mode,
    job.priority,
  ]);
  return table(['ID', 'STATUS', '', 'PROFILE/TIER', 'MODE', 'PRIORITY'], rows);
}
