import { type Environment, parseEnvironment } from '@worldfarm/service';
import { z } from 'zod';

const shape = {
  /** bearer token of the hub */
  WORLDFARM_MODEL_TOKEN: z.string().optional(),
};

export function readModelConfig(environment: Environment) {
  return Object.freeze({ token: parseEnvironment(shape, environment).WORLDFARM_MODEL_TOKEN });
}
