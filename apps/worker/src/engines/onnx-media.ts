import type { Control, ControlPlan, RenderPlan, Size } from '@worldfarm/core';
import type { ControlInput, RenderRequest, RgbFrames } from '@worldfarm/diffusion';
import { blurMap, decodeImage, decodeVideo, edgeMap } from '@worldfarm/media';
import type { LocalInputs } from '../stages/inputs.ts';

/** Decodes what a plan's media need to be for the sampler: RGB24 at the sampled size. */
export async function decodeRequestMedia(
  plan: RenderPlan,
  inputs: LocalInputs,
  sampled: Size,
  signal: AbortSignal,
): Promise<Pick<RenderRequest, 'image' | 'video' | 'controls'>> {
  const decode = { ...sampled, maxFrames: plan.frames, signal };
  const video = plan.video && inputs.path(plan.video);
  return {
    ...(plan.image && { image: await decodeImage(inputs.path(plan.image), { ...sampled, signal }) }),
    ...(video && {
      video: await frames(decodeVideo(video, { ...decode, fps: plan.fps, from: endOf(plan) })),
    }),
    ...(plan.controls && {
      controls: await Promise.all(
        plan.controls.map((control) => decodeControl(control, video, inputs, decode)),
      ),
    }),
  };
}

const EMPTY = { frames: 0, data: new Uint8Array() };

/** The media of a plan by their presence alone: how a request is met does not depend on what they show. */
export function mediaOutline(plan: RenderPlan): Pick<RenderRequest, 'image' | 'video' | 'controls'> {
  return {
    ...(plan.image && { image: EMPTY.data }),
    ...(plan.video && { video: EMPTY }),
    ...(plan.controls && {
      controls: plan.controls.map(({ control, weight, media }) => ({
        kind: control,
        weight,
        ...((media || (plan.video && isPlainMap(control))) && { video: EMPTY }),
      })),
    }),
  };
}

/** Maps that are found without a network. */
const isPlainMap = (control: Control) => control === 'edge' || control === 'blur';

/** A clip that is continued gives its end; one that is restyled gives its beginning. */
function endOf({ mode, conditionKeep }: RenderPlan): 'first' | 'last' {
  return conditionKeep ?? (mode === 'transfer' ? 'first' : 'last');
}

type Decode = Size & { maxFrames: number; signal: AbortSignal };

async function decodeControl(
  control: ControlPlan<{ key: string } & Parameters<LocalInputs['path']>[0]>,
  video: string | undefined,
  inputs: LocalInputs,
  decode: Decode,
): Promise<ControlInput> {
  const given = control.media && inputs.path(control.media);
  const mask = control.mask && inputs.path(control.mask);
  const map = given ? decodeVideo(given, decode) : mapOf(control, video, decode);
  return {
    kind: control.control,
    weight: control.weight,
    ...(map && { video: await frames(map) }),
    ...(mask && { mask: oneChannel(await frames(decodeVideo(mask, decode))) }),
  };
}

/** Maps that need no network; the engine makes the others where its profile can, or refuses the request. */
function mapOf({ control, preset }: ControlPlan<unknown>, video: string | undefined, decode: Decode) {
  if (video && control === 'edge') return edgeMap(video, { ...decode, preset });
  if (video && control === 'blur') return blurMap(video, { ...decode, preset });
  return undefined;
}

async function frames(source: AsyncIterable<Uint8Array>): Promise<RgbFrames> {
  const all: Uint8Array[] = [];
  for await (const frame of source) all.push(frame);
  return { frames: all.length, data: new Uint8Array(Buffer.concat(all)) };
}

/** A mask is grey: its green channel says it. */
function oneChannel({ frames: count, data }: RgbFrames): RgbFrames {
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0; i < grey.length; i++) grey[i] = data[3 * i + 1]!;
  return { frames: count, data: grey };
}
