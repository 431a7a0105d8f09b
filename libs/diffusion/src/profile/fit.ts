import { ProfileError } from '../errors.ts';
import type { Session, ValueInfo } from '../session/session.ts';

/** What a pipeline expects of a graph. A number must be equal; a name stands for a size that may vary. */
export interface GraphSpec {
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  /** Inputs that a graph may leave out. */
  readonly optional?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: Readonly<Record<string, readonly (number | string)[]>>;
  /** Further inputs that are known by the form of their name, such as caches. */
  readonly accepts?: (name: string) => boolean;
}

const show = (shape: readonly (number | string)[]) => `[${shape.join(', ')}]`;

function compare(
  file: string,
  what: string,
  value: ValueInfo | undefined,
  wanted: readonly (number | string)[],
): void {
  if (!value) throw new ProfileError(file, `has no ${what}`);
  const fits =
    value.shape.length === wanted.length &&
    wanted.every(
      (dim, i) => typeof dim === 'string' || typeof value.shape[i] === 'string' || dim === value.shape[i],
    );
  if (!fits) {
    throw new ProfileError(file, `${what} has shape ${show(value.shape)}, expected ${show(wanted)}`);
  }
}

/**
 * Holds a loaded graph against what its pipeline will feed and read.
 * @throws ProfileError on a missing or unknown input, a missing output, or a shape that does not fit.
 */
export function checkGraph(session: Session, spec: GraphSpec): void {
  const { file } = session;
  for (const [name, dims] of Object.entries(spec.inputs)) {
    compare(file, `input ${name}`, session.inputs.get(name), dims);
  }
  for (const [name, value] of session.inputs) {
    const optional = spec.optional?.[name];
    if (optional) compare(file, `input ${name}`, value, optional);
    else if (!(name in spec.inputs) && !spec.accepts?.(name))
      throw new ProfileError(file, `asks for input ${name}, which this pipeline does not have`);
  }
  for (const [name, dims] of Object.entries(spec.outputs)) {
    // Output shapes are inferred and often have invented names or none at all: only the name must be there.
    const value = session.outputs.get(name);
    if (!value) throw new ProfileError(file, `has no output ${name}`);
    if (value.shape.length === dims.length) compare(file, `output ${name}`, value, dims);
  }
}
