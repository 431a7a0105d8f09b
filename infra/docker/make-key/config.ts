import { type Environment, parseEnvironment } from '@worldfarm/service';
import { z } from 'zod';

const shape = { REDIS_URL: z.string(), WORLDFARM_REDIS_PREFIX: z.string().optional() };

export function readMakeKeyConfig(environment: Environment) {
  const env = parseEnvironment(shape, environment);
  return Object.freeze({ url: env.REDIS_URL, prefix: env.WORLDFARM_REDIS_PREFIX });
}
