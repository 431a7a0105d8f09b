import { type Control, controlSchema, type Profile } from '@worldfarm/core';
import { z } from 'zod';
import { validate } from '../../profile/read.ts';
import { cosmosPipelineShape, cosmosRopeSchema, readCosmos } from '../cosmos/settings.ts';

const pipelineSchema = z.strictObject({
  ...cosmosPipelineShape,
  type: z.literal('transfer2.5'),
  rope: cosmosRopeSchema,
  conditioning: z.object({
    /** Flow time that given frames are said to have. */
    timestep: z.number().nonnegative().default(0.1),
    frames_per_chunk: z.int().positive(),
    overlap_frames: z.int().positive().default(1),
  }),
});

const transformerSchema = z.looseObject({ controls: z.array(controlSchema).min(1) });

/** A graph of the network and the controls whose branches it has, in their order. */
export interface ControlGraph {
  readonly component: string;
  readonly controls: readonly Control[];
}

export type Transfer25Settings = ReturnType<typeof readTransfer25>;

export function readTransfer25(profile: Profile) {
  const settings = readCosmos(profile, pipelineSchema, ['unipc']);
  const graphs = Object.entries(profile.components)
    .filter(([name]) => name === 'transformer' || name.startsWith('transformer_'))
    .map(([component, value]): ControlGraph => {
      const at = `components.${component}`;
      return { component, controls: validate('profile.json', transformerSchema, value, at).controls };
    });
  return { ...settings, graphs };
}

/** The graph with the fewest branches that has all of the controls. */
export function graphFor(
  graphs: readonly ControlGraph[],
  kinds: readonly Control[],
): ControlGraph | undefined {
  return graphs
    .filter(({ controls }) => kinds.every((kind) => controls.includes(kind)))
    .sort((a, b) => a.controls.length - b.controls.length)[0];
}
