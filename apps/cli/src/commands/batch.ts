import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Batch, type BatchClient, createBatchClient } from '@worldfarm/client';
import { findBatchId, LAYOUTS } from '@worldfarm/core';
import { Command, Option } from 'commander';
import { batchBar, batchLine } from '../batch/batch-bar.ts';
import { copyDataset } from '../batch/copy.ts';
import { readSpec, withRows } from '../batch/spec-file.ts';
import { UsageError } from '../explain.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

function clientOf(command: Command): BatchClient {
  const { url, key } = command.optsWithGlobals<{ url: string; key?: string }>();
  return createBatchClient({ baseUrl: url, apiKey: key });
}

export function batchCommand(): Command {
  const batch = new Command('batch').description('render datasets: many jobs from one spec');
  for (const add of [addCreate, addStatus, addList, addItems, addLines, addActions, addExport, addCopy])
    add(batch);
  return batch;
}

function addCreate(batch: Command): void {
  batch
    .command('create <spec>')
    .description(
      'render what a spec (YAML or JSON) says; a batch id in the name of the file goes on with that batch',
    )
    .option('--wait', 'show progress until it has ended')
    .option('--dry-run', 'only count, validate and estimate')
    .action(async (path: string, flags: { wait?: boolean; dryRun?: boolean }, command: Command) => {
      const client = clientOf(command);
      const known = findBatchId(path);
      const made = known ? await goOn(known, client) : await createFrom(path, flags, client);
      if (flags.dryRun) sayEstimate(made);
      else say(`${made.id}  ${made.status}  ${made.output.prefix}`);
      if (flags.wait && !flags.dryRun) await waitFor(made.id, client);
    });
}

function sayEstimate({ counts, estimate, message }: Batch): void {
  say(JSON.stringify({ counts, estimate, message }, null, 2));
  const unknown = Object.entries(estimate?.measured ?? {}).flatMap(([tier, renders]) =>
    renders ? [] : [tier],
  );
  if (unknown.length === 0) return;
  const tiers = unknown.join(' and ');
  process.stderr.write(
    `GPU hours and bytes are not known: this profile has rendered nothing at ${tiers} yet\n`,
  );
}

async function createFrom(path: string, flags: { dryRun?: boolean }, client: BatchClient): Promise<Batch> {
  const spec = await withRows(await readSpec(path), path, client);
  return client.create({ ...spec, ...(flags.dryRun && { dry_run: true }) });
}

/** Whatever is left of a batch is rendered: failed rows again, a paused one on. */
async function goOn(id: string, client: BatchClient): Promise<Batch> {
  const now = await client.get(id);
  if (now.status === 'paused' || now.status === 'canceled') return client.act(id, 'resume');
  return now.counts.failed + now.counts.canceled > 0 ? client.act(id, 'retry-failed') : now;
}

async function waitFor(id: string, client: BatchClient): Promise<void> {
  const bar = batchBar(process.stderr);
  const ended = await client.wait(id, { onLook: (batch) => bar.show(batch) });
  bar.end();
  // On a terminal the bar's last line stands there already.
  if (!process.stderr.isTTY || !process.stdout.isTTY) say(batchLine(ended));
  const { failed } = ended.counts;
  if (ended.status !== 'completed' || failed > 0) {
    const reason = ended.message ?? `${failed} ${failed === 1 ? 'row' : 'rows'} failed`;
    throw new UsageError(`${id} ${ended.status}: ${reason}; see: worldfarm batch errors ${id}`);
  }
}

function addStatus(batch: Command): void {
  batch
    .command('status <id>')
    .description('how far a batch is')
    .option('--wait', 'show progress until it has ended')
    .option('--json', 'everything, as JSON')
    .action(async (id: string, flags: { wait?: boolean; json?: boolean }, command: Command) => {
      const client = clientOf(command);
      if (flags.wait) return waitFor(id, client);
      const now = await client.get(id);
      say(flags.json ? JSON.stringify(now, null, 2) : batchLine(now));
    });
}

function addList(batch: Command): void {
  batch
    .command('list', { isDefault: true })
    .description('batches, newest first')
    .action(async (_flags: object, command: Command) => {
      for (const each of await clientOf(command).list())
        say(`${each.id}  ${each.name.padEnd(24)}  ${batchLine(each)}`);
    });
}

function addItems(batch: Command): void {
  const status = new Option('--status <status>', 'only these');
  batch
    .command('items <id>')
    .description('the rows of a batch, a line each')
    .addOption(status.choices(['queued', 'active', 'succeeded', 'failed', 'canceled']))
    .option('--json', 'as JSON lines')
    .action(async (id: string, flags: { status?: string; json?: boolean }, command: Command) => {
      for await (const item of clientOf(command).items(id, flags.status)) {
        const rest = item.file ?? item.error?.message ?? item.job ?? '';
        say(
          flags.json
            ? JSON.stringify(item)
            : `${item.line}\t${item.id}\t${item.status}\t${item.split}\t${rest}`,
        );
      }
    });
}

function addLines(batch: Command): void {
  for (const [what, description] of [
    ['errors', 'what was refused or failed, as JSON lines'],
    ['manifest', 'how every clip was made, as JSON lines'],
  ] as const) {
    batch
      .command(`${what} <id>`)
      .description(description)
      .action(async (id: string, _flags: object, command: Command) => {
        const lines = Readable.fromWeb((await clientOf(command).lines(id, what)) as never);
        await pipeline(lines, process.stdout, { end: false });
      });
  }
}

function addActions(batch: Command): void {
  for (const [name, action, description] of [
    ['cancel', 'cancel', 'stop a batch; what is rendered stays'],
    ['pause', 'pause', 'start no more renders; those under way end'],
    ['resume', 'resume', 'go on'],
    ['retry', 'retry-failed', 'render the failed rows again, and only those'],
  ] as const) {
    batch
      .command(`${name} <id>`)
      .description(description)
      .action(async (id: string, _flags: object, command: Command) => {
        say(batchLine(await clientOf(command).act(id, action)));
      });
  }
}

interface ExportFlags {
  name: string;
  prefix?: string;
  layout: string;
  filter?: string;
  wait?: boolean;
}

function addExport(batch: Command): void {
  batch
    .command('export <id>')
    .description('lay the clips of a batch out anew, all or some; nothing is rendered')
    .requiredOption('--name <name>', 'of the new dataset')
    .option('--prefix <prefix>', 'where it goes (default datasets/<name>/)')
    .addOption(new Option('--layout <layout>').choices([...LAYOUTS]).default('folder'))
    .option(
      '--filter <expression>',
      `which clips, for example: "scores.motion > 0.002 && near_duplicate_of == null"`,
    )
    .option('--wait', 'show progress until it has ended')
    .action(async (id: string, { name, prefix, layout, filter, wait }: ExportFlags, command: Command) => {
      const client = clientOf(command);
      const made = await client.export(id, { name, filter, output: { prefix, layout } });
      say(`${made.id}  ${made.status}  ${made.output.prefix}`);
      if (wait) await waitFor(made.id, client);
    });
}

function addCopy(batch: Command): void {
  batch
    .command('cp <id> [folder]')
    .description('copy a dataset here (a folder named after the batch); again, it brings what is missing')
    .action(async (given: string, folder: string | undefined, _flags: object, command: Command) => {
      const id = findBatchId(given);
      if (!id) throw new UsageError(`${given}: expected a batch id, or a folder with one in its name`);
      const client = clientOf(command);
      const target = folder ?? (given === id ? `${(await client.get(id)).name}-${id}` : given);
      const { files, bytes, skipped } = await copyDataset(id, target, client);
      say(`${target}: ${files} files, ${bytes} bytes${skipped ? `, ${skipped} were there` : ''}`);
    });
}
