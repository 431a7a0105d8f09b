import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Control, controlSchema, type Mode } from '@worldfarm/core';
import type { NoiseSource } from '../noise/normal.ts';
import type { ControlInput, MaskFrames, RenderRequest, RgbFrames } from '../request.ts';
import { count, type Tensor, tensor } from '../tensor/tensor.ts';

/** A tensor of a golden case: raw float32 in a file of its own. */
interface Stored {
  readonly file: string;
  /** Values before it in a file that several tensors share. */
  readonly offset?: number;
  readonly shape: readonly number[];
}

/** `case.json` of a recorded call of the reference pipeline; infra/export/GRAPHS.md names the keys. */
export interface CaseFile {
  readonly name: string;
  readonly mode: Mode;
  readonly prompt: string;
  readonly negative_prompt?: string | null;
  readonly input_ids: readonly number[];
  readonly negative_input_ids?: readonly number[] | null;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
  readonly steps: number;
  readonly guidance: number;
  readonly seed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sigmas: readonly number[];
  readonly tolerance: { readonly latents: number; readonly frames: number };
  readonly media: readonly (Stored & { readonly role: string })[];
  readonly noise: Stored;
  readonly draws: readonly (Stored & {
    readonly purpose: string;
    readonly step?: number;
    readonly window?: number;
  })[];
  readonly outputs: Readonly<Record<string, Stored>>;
}

/** A recorded call: its request, its random draws, and what came out of it. */
export interface ParityCase {
  readonly file: CaseFile;
  readonly request: RenderRequest;
  readonly noise: NoiseSource;
  output(name: string): Promise<Tensor | undefined>;
}

/** Floats in 0..1, `[F, C, H, W]`, as bytes with the channel last. */
function toBytes({ dims, data }: Tensor): Uint8Array {
  const [frames, channels, height, width] = dims as [number, number, number, number];
  const plane = height * width;
  const bytes = new Uint8Array(count(dims));
  for (let f = 0; f < frames; f++)
    for (let c = 0; c < channels; c++)
      for (let i = 0; i < plane; i++)
        bytes[(f * plane + i) * channels + c] = Math.round(data[(f * channels + c) * plane + i]! * 255);
  return bytes;
}

/** Reads one folder of a profile's `golden`. */
export async function readCase(dir: string): Promise<ParityCase> {
  const file = JSON.parse(await readFile(join(dir, 'case.json'), 'utf8')) as CaseFile;
  const load = async ({ file: name, offset = 0, shape }: Stored): Promise<Tensor> => {
    const bytes = (await readFile(join(dir, name))).subarray(offset * 4, (offset + count(shape)) * 4);
    return tensor(
      shape,
      new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)),
    );
  };
  const media = new Map<string, RgbFrames & MaskFrames>();
  for (const entry of file.media) {
    media.set(entry.role, { frames: entry.shape[0]!, data: toBytes(await load(entry)) });
  }
  const draws = await Promise.all(file.draws.map(async (draw) => ({ ...draw, tensor: await load(draw) })));
  const first = await load(file.noise);
  return {
    file,
    request: { ...requestOf(file, media) },
    noise: recordedNoise(first, draws),
    output: async (name) => (file.outputs[name] ? load(file.outputs[name]) : undefined),
  };
}

/** Options that the reference pipelines take under names of their own. */
function requestOf(file: CaseFile, media: ReadonlyMap<string, RgbFrames>): RenderRequest {
  const { options } = file;
  const number = (name: string) => (typeof options[name] === 'number' ? options[name] : undefined);
  const interval = (name: string): readonly [number, number] | undefined => {
    // Recorded in timesteps of a thousand.
    const [low, high] = (options[name] as number[] | null | undefined) ?? [];
    return low === undefined ? undefined : [low / 1000, high! / 1000];
  };
  const weights = options.controls as Readonly<Record<string, number>> | undefined;
  const controls: ControlInput[] = [...media.keys()]
    .filter((role) => role.startsWith('control:'))
    .map((role) => {
      const kind = role.slice('control:'.length) as Control;
      const mask = media.get(`mask:${kind}`);
      const weight = weights?.[kind] ?? 1;
      return { kind, weight, video: media.get(role)!, ...(mask && { mask }) };
    });
  const latentFrames = number('num_latent_conditional_frames') ?? number('num_ar_latent_conditional_frames');
  const overlap =
    number('num_ar_conditional_frames') ??
    number('num_conditional_frames') ??
    (latentFrames === undefined ? undefined : 1 + 4 * (latentFrames - 1));
  const windowFrames = number('frames_per_chunk') ?? number('num_video_frames_per_chunk');
  return {
    mode: file.mode,
    prompt: file.prompt,
    negativePrompt: file.negative_prompt ?? '',
    seed: file.seed,
    steps: file.steps,
    guidance: file.guidance,
    width: file.width,
    height: file.height,
    frames: file.frames,
    fps: file.fps,
    ...(media.has('image') && { image: media.get('image')!.data }),
    ...(media.has('video') && { video: media.get('video')! }),
    ...(controls.length > 0 && { controls }),
    ...(Array.isArray(options.condition_frame_indexes_vision) && {
      conditionFrames: options.condition_frame_indexes_vision as number[],
    }),
    ...(options.condition_video_keep !== undefined && {
      conditionKeep: options.condition_video_keep as 'first' | 'last',
    }),
    ...templateOf(options),
    ...(interval('guidance_interval') && { guidanceInterval: interval('guidance_interval')! }),
    ...(interval('control_guidance_interval') && {
      controlGuidanceInterval: interval('control_guidance_interval')!,
    }),
    ...(number('num_first_chunk_conditional_frames') !== undefined && {
      firstFrames: number('num_first_chunk_conditional_frames')!,
    }),
    ...(number('augment_sigma') !== undefined && { augmentSigma: number('augment_sigma')! }),
    ...(options.input_frames_guidance === true && { inputFramesGuidance: true }),
    ...(number('control_guidance') !== undefined && { controlGuidance: number('control_guidance')! }),
    ...(windowFrames !== undefined && { windowFrames }),
    ...(overlap !== undefined && { overlapFrames: overlap }),
  };
}

/** Which parts of the prompt template a recorded call turned off. */
function templateOf(options: CaseFile['options']): Pick<RenderRequest, 'promptTemplate'> {
  const parts = {
    system: options.use_system_prompt,
    duration: options.add_duration_template,
    resolution: options.add_resolution_template,
  };
  const given = Object.entries(parts).filter(
    (entry): entry is [string, boolean] => typeof entry[1] === 'boolean',
  );
  return given.length > 0 ? { promptTemplate: Object.fromEntries(given) } : {};
}

/** Recorded draws in the place of the seeded noise. */
function recordedNoise(
  first: Tensor,
  draws: readonly { purpose: string; role?: string; step?: number; window?: number; tensor: Tensor }[],
): NoiseSource {
  return (dims, { purpose, window = 0, step = 0, branch = 0 }) => {
    const of = (name: string) =>
      draws.filter((draw) => draw.purpose === name && (draw.window ?? 0) === window);
    const found =
      purpose === 'latents'
        ? window === 0
          ? first
          : of('noise')[0]?.tensor
        : purpose === 'posterior'
          ? of('posterior').find(({ role = 'clip' }) => role === posteriorRole(branch))?.tensor
          : of(purpose === 'step' ? 'step' : branch === 0 ? 'condition' : 'uncondition').find(
              (draw) => (draw.step ?? 0) === step,
            )?.tensor;
    if (!found)
      throw new Error(`no recorded ${purpose} draw of window ${window}, step ${step}, branch ${branch}`);
    if (count(found.dims) !== count(dims))
      throw new Error(`a recorded ${purpose} draw is [${found.dims}], not [${dims}]`);
    return tensor(dims, found.data);
  };
}

/** Branch 0 of posterior draws is the clip itself, the others are the controls in their fixed order. */
const posteriorRole = (branch: number) =>
  branch === 0 ? 'clip' : `control:${controlSchema.options[branch - 1]}`;
