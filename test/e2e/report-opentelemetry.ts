import { registerHooks } from 'node:module';

/** Small, without a side effect, and loaded by prom-client for its exemplars, whatever is traced. */
const API = '@opentelemetry/api';

/** For `--import`: says on standard error when OpenTelemetry's SDK or another of its packages is loaded. */
registerHooks({
  resolve(specifier, context, next) {
    const ofTheirs = specifier.startsWith('@opentelemetry/') && specifier !== API;
    if (ofTheirs) process.stderr.write(`LOADED ${specifier}\n`);
    return next(specifier, context);
  },
});
