/**
 * `npm run bench [name ...]`: measurements as ratios within one run. Each part is a module with a `run`; without
 * names all parts run one after another.
 */
const PARTS = ['clip', 'gateway', 'dispatch', 'diffusion', 'webhooks', 'batches', 'scaling'] as const;
type Part = (typeof PARTS)[number];

const [first, ...rest] = process.argv.slice(2);
const chosen = first === undefined ? PARTS : PARTS.filter((part) => part === first);
if (chosen.length === 0) {
  process.stderr.write(`bench: no part "${first}"; there are ${PARTS.join(', ')}\n`);
  process.exit(1);
}
for (const part of chosen) {
  process.stdout.write(`\n== ${part}\n`);
  const { run } = (await import(`./${part satisfies Part}.ts`)) as { run(args: string[]): Promise<void> };
  await run(rest);
}
