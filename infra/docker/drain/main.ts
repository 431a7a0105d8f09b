/**
 * The preStop hook of a worker's pod: the worker takes no more jobs from here on, and hands back or finishes what it
 * renders. The hook does not wait for that: SIGTERM, which comes after it, finds the drain begun. A worker that does
 * not answer has pulled nothing yet, or is beyond a drain; for both SIGTERM is the right thing.
 *
 *   node infra/docker/drain/main.ts [address]
 */
const [address = 'http://127.0.0.1:8080/drain'] = process.argv.slice(2);
const said = await fetch(address, { method: 'POST', signal: AbortSignal.timeout(4_000) }).then(
  (reply) => reply.text(),
  (error: unknown) => String(error),
);
process.stdout.write(`${said}\n`);
