/**
 * Whether a farm is there, is ready, and takes jobs for these profiles.
 * @returns a line for each thing found right
 * @throws naming the first thing that is wrong
 */
export async function askFarm(url: string, profiles: readonly string[]): Promise<string[]> {
  const version = (await ask(`${url}/v1/version`)) as { release?: string };
  await ask(`${url}/v1/health/ready`);
  const { data = [] } = (await ask(`${url}/v1/models`)) as { data?: { id: string }[] };
  const known = new Set(data.map(({ id }) => id));
  const missing = profiles.filter((profile) => !known.has(profile));
  if (missing.length > 0) throw new Error(`the gateway does not know ${missing.join(', ')}`);
  return [`release ${version.release}`, 'ready', `profiles: ${profiles.join(', ')}`];
}

async function ask(address: string): Promise<unknown> {
  const reply = await fetch(address, { signal: AbortSignal.timeout(10_000) });
  if (!reply.ok) throw new Error(`${address} answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
}
