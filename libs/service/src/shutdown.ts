import type { Logger } from './logger.ts';

/**
 * Runs `stop` at the first SIGTERM or SIGINT and then lets the process end; a second signal ends it at once.
 *
 * @param graceSeconds the process ends with status 1 when `stop` lasts longer
 */
export function onShutdown(
  stop: (signal: NodeJS.Signals) => Promise<void>,
  { logger, graceSeconds }: { logger: Logger; graceSeconds: number },
): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(130);
    stopping = true;
    logger.info({ signal }, 'stopping');
    const overdue = setTimeout(() => {
      logger.error({ graceSeconds }, 'grace period ran out');
      process.exit(1);
    }, graceSeconds * 1000);
    overdue.unref();
    stop(signal).then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', handle);
  process.on('SIGINT', handle);
}
