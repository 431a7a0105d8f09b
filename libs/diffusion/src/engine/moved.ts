import type { RenderRequest } from '../request.ts';

/** The bytes in a buffer of their own, so that the buffer can be moved to another thread. */
function own(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength;
  return whole ? (data as Uint8Array<ArrayBuffer>) : new Uint8Array(data);
}

/**
 * The request with clips in buffers that can be moved, and the list of these. A clip of 93 frames at 720p is 257 MB:
 * copying it would hold up the main thread.
 */
export function movable(request: RenderRequest): { request: RenderRequest; moved: ArrayBuffer[] } {
  const moved = new Set<ArrayBuffer>();
  const move = <T extends { readonly data: Uint8Array }>(media: T): T => {
    const data = own(media.data);
    moved.add(data.buffer);
    return { ...media, data };
  };
  const { image, video, controls, ...plain } = request;
  return {
    request: {
      ...plain,
      ...(image && { image: new Uint8Array(image) }),
      ...(video && { video: move(video) }),
      ...(controls && {
        controls: controls.map(({ mask, video: map, ...control }) => ({
          ...control,
          ...(map && { video: move(map) }),
          ...(mask && { mask: move(mask) }),
        })),
      }),
    },
    moved: [...moved],
  };
}
