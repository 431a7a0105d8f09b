import { prioritySchema } from '@worldfarm/core';
import { type ApiKey, type Farm, openFarm } from '@worldfarm/queue';
import { Command, Option } from 'commander';
import type { CliConfig } from '../config.ts';
import { UsageError } from '../explain.ts';
import { readHolder } from '../farm/lock.ts';
import { printLines, table } from '../table.ts';

interface CreateFlags {
  admin?: boolean;
  perMinute?: string;
  active?: string;
  queued?: string;
  priority?: string;
}

/** Keys are made where Redis is, not over HTTP: the first key needs no key. */
export function keysCommand(config: CliConfig): Command {
  const keys = new Command('keys').description('make, list and revoke API keys');
  keys
    .command('create <name>')
    .description('make a key; its secret is shown once')
    .option('--admin', 'may see and change everything')
    .option('--per-minute <n>', 'requests a minute')
    .option('--active <n>', 'unfinished jobs')
    .option('--queued <n>', 'queued jobs')
    .addOption(new Option('--priority <p>', 'the best priority').choices(prioritySchema.options))
    .action((name: string, flags: CreateFlags) =>
      withFarm(config, async (farm) => {
        const { key, secret } = await farm.keys.create({ name, admin: flags.admin, limits: limitsOf(flags) });
        process.stdout.write(`${key.id}  ${name}\n${secret}\n`);
      }),
    );
  keys
    .command('list', { isDefault: true })
    .action(() => withFarm(config, async (farm) => printLines(keyTable(await farm.keys.list()))));
  keys
    .command('revoke <id>')
    .description('make a key worthless at once')
    .action((id: string) =>
      withFarm(config, async (farm) => {
        if (!(await farm.keys.revoke(id))) throw new UsageError(`there is no key ${id}`);
        process.stdout.write(`${id} revoked\n`);
      }),
    );
  return keys;
}

async function withFarm(config: CliConfig, work: (farm: Farm) => Promise<void>): Promise<void> {
  const url = config.redisUrl ?? (await readHolder(config.data))?.redis;
  if (!url) throw new UsageError('no farm runs here; start one with npm start, or set REDIS_URL');
  const farm = openFarm({ url, prefix: config.redisPrefix, patience: 'wait' });
  try {
    await work(farm);
  } finally {
    await farm.close();
  }
}

export function limitsOf({ perMinute, active, queued, priority }: CreateFlags) {
  return {
    ...(perMinute !== undefined && { requestsPerMinute: count('--per-minute', perMinute) }),
    ...(active !== undefined && { active: count('--active', active) }),
    ...(queued !== undefined && { queued: count('--queued', queued) }),
    ...(priority !== undefined && { priority: prioritySchema.parse(priority) }),
  };
}

function count(flag: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`${flag}: expected a whole number from 1, got "${text}"`);
  return Number(text);
}

function keyTable(keys: readonly ApiKey[]): string[] {
  const rows = keys.map(({ id, name, admin, limits, createdAt }) => [
    id,
    name,
    admin ? 'admin' : '',
    Object.entries(limits)
      .map((pair) => pair.join('='))
      .join(' '),
    new Date(createdAt).toISOString(),
  ]);
  return table(['ID', 'NAME', '', 'LIMITS', 'CREATED'], rows);
}
