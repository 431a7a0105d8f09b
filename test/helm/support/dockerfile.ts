import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { ROOT } from './helm.ts';

export interface Instruction {
  readonly keyword: string;
  /** everything behind the keyword, on one line */
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export const DOCKERFILE = join(ROOT, 'infra/docker/Dockerfile');

/** The stages of a Dockerfile, in order, with the defaults of the arguments that name their bases. */
export async function readStages(): Promise<Stage[]> {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  const defaults = new Map<string, string>();
  for (const instruction of DockerfileParser.parse(await readFile(DOCKERFILE, 'utf8')).getInstructions()) {
    const keyword = instruction.getKeyword();
    const text = instruction
      .toString()
      .slice(keyword.length)
      .replaceAll(/\\\n\s*/g, ' ')
      .trim();
    if (keyword === 'ARG' && stages.length === 0) {
      const [name = '', value = ''] = text.split('=');
      defaults.set(`\${${name}}`, value);
    } else if (keyword === 'FROM') {
      const [base = '', , name = ''] = text.split(/\s+/);
      stages.push({ name, base: defaults.get(base) ?? base, instructions: [] });
    } else stages.at(-1)?.instructions.push({ keyword, text });
  }
  return stages;
}

/** A stage's instructions with those of the stages it is made from, the oldest first. */
export function lineage(stages: readonly Stage[], name: string): readonly Instruction[] {
  const stage = stages.find((each) => each.name === name);
  return stage ? [...lineage(stages, stage.base), ...stage.instructions] : [];
}
