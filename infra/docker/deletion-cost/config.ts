import { type Environment, parseEnvironment, whole } from '@worldfarm/service';
import { z } from 'zod';

const shape = {
  WORLDFARM_POD_NAME: z.string(),
  WORLDFARM_POD_NAMESPACE: z.string(),
  WORLDFARM_DELETION_COST_IDLE: whole(-2_147_483_647, 2_147_483_647).default(0),
  WORLDFARM_DELETION_COST_BUSY: whole(-2_147_483_647, 2_147_483_647).default(1000),
  WORLDFARM_DELETION_COST_SECONDS: whole(1, 3600).default(5),
};

export function readDeletionCostConfig(environment: Environment) {
  const env = parseEnvironment(shape, environment);
  return Object.freeze({
    pod: env.WORLDFARM_POD_NAME,
    namespace: env.WORLDFARM_POD_NAMESPACE,
    costs: { idle: env.WORLDFARM_DELETION_COST_IDLE, busy: env.WORLDFARM_DELETION_COST_BUSY },
    everySeconds: env.WORLDFARM_DELETION_COST_SECONDS,
  });
}
