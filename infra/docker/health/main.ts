/**
 * What an image's HEALTHCHECK runs: asks the addresses named, or those where our services listen by default, and ends
 * with 0 when one of them is well.
 */
const DEFAULTS = ['http://127.0.0.1:8000/v1/health/live', 'http://127.0.0.1:8080/health/live'];
const named = process.argv.slice(2);

const well = await Promise.all(
  (named.length > 0 ? named : DEFAULTS).map((address) =>
    fetch(address, { signal: AbortSignal.timeout(4_000) }).then(
      (reply) => reply.ok,
      () => false,
    ),
  ),
);
process.exit(well.includes(true) ? 0 : 1);
