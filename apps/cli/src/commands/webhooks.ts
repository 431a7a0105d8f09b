import { createWebhookClient, type WebhookClient, type WebhookDelivery } from '@worldfarm/client';
import { Command, Option } from 'commander';

/** Writes a line of the result. */
type Say = (line: string) => void;

const toOutput: Say = (line) => process.stdout.write(`${line}\n`);

export function webhooksCommand(say: Say = toOutput): Command {
  const webhooks = new Command('webhooks').description('see what webhooks were sent, and send them again');
  webhooks
    .command('deliveries', { isDefault: true })
    .description('list deliveries, newest first')
    .option('--job <id>', 'only of this job')
    .addOption(
      new Option('--status <status>', 'only these').choices(['pending', 'delivered', 'dead', 'dropped']),
    )
    .option('--limit <n>', 'how many', '20')
    .option('--json', 'as JSON lines, with the log of every try')
    .action(async (flags: ListFlags, command: Command) => {
      const { job, status, limit } = flags;
      const deliveries = await clientOf(command).deliveries({ job, status, limit: Number(limit) });
      const lines = flags.json ? deliveries.map((each) => JSON.stringify(each)) : deliveryLines(deliveries);
      lines.forEach(say);
    });
  webhooks
    .command('redeliver <id>')
    .description('send one delivery now')
    .action(async (id: string, _flags: object, command: Command) => {
      const { status } = await clientOf(command).redeliver(id);
      say(`${id} ${status}`);
    });
  webhooks
    .command('test <endpoint>')
    .description('send webhook.test to a standing endpoint')
    .action(async (endpoint: string, _flags: object, command: Command) => {
      const { delivery } = await clientOf(command).test(endpoint);
      say(`${delivery} on its way`);
    });
  webhooks.addCommand(secretCommand(say));
  return webhooks;
}

interface ListFlags {
  readonly job?: string;
  readonly status?: string;
  readonly limit: string;
  readonly json?: boolean;
}

function secretCommand(say: Say): Command {
  const secret = new Command('secret').description('what webhooks are signed with');
  secret
    .command('show')
    .description("the API key's own secret")
    .action(async (_flags: object, command: Command) => {
      say((await clientOf(command).secret()).secret);
    });
  secret
    .command('rotate')
    .description('replace the secret; both sign until the overlap is over')
    .option('--endpoint <id>', "a standing endpoint's secret instead of the API key's")
    .option('--overlap <duration>', 'such as 90s, 30m or 24h', '24h')
    .action(async (flags: { endpoint?: string; overlap: string }, command: Command) => {
      const { secret: fresh, previous_until } = await clientOf(command).rotateSecret(flags);
      say(fresh);
      process.stderr.write(`the secret before signs beside it until ${previous_until}\n`);
    });
  return secret;
}

/** Each delivery as a line, and what came of its last try. */
export function deliveryLines(deliveries: readonly WebhookDelivery[]): string[] {
  return deliveries.map(({ id, status, type, job, batch, url, attempts, next_attempt_at, reason }) => {
    const last = attempts.at(-1);
    const outcome = last?.error ?? reason ?? (last ? `answered ${last.status} in ${last.latency_ms} ms` : '');
    return [
      id,
      status,
      type,
      job ?? batch ?? '-',
      url,
      attempts.length === 1 ? '1 try' : `${attempts.length} tries`,
      outcome,
      ...(next_attempt_at ? [`next ${next_attempt_at}`] : []),
    ]
      .filter(Boolean)
      .join('  ');
  });
}

function clientOf(command: Command): WebhookClient {
  const { url, key } = command.optsWithGlobals<{ url: string; key?: string }>();
  return createWebhookClient({ baseUrl: url, apiKey: key });
}
