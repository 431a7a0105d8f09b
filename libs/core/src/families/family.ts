import type { z } from 'zod';
import type { ErrorType } from '../errors.ts';
import type { Family, Mode } from '../modes.ts';
import type { RenderPlan, RequestedPlan } from '../plan.ts';

/** What a probe of the input video found. */
export interface ClipInfo {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly fps: number;
}

/** What a planner may know beside the body. */
export interface PlanContext {
  /** draws a seed for a request that names none: an integer of 0 to 4294967295 */
  readonly drawSeed: () => number;
}

/** The finished render as a family's reply sees it; the video itself is streamed in by the gateway. */
export interface RenderOutcome {
  readonly mode: Mode;
  readonly seed: number;
  readonly prompt: string;
  readonly upsampledPrompt?: string;
  readonly upsample?: boolean;
}

/** Where in the reply the media bytes go, and what stands beside them. */
export interface ReplyShape {
  readonly media: 'b64_video' | 'b64_image';
  readonly fields: Record<string, unknown>;
}

/**
 * One request dialect of `/v1/infer`: its schema, a pure planner and a reply shaper.
 */
export interface FamilySpec<Body = unknown> {
  readonly family: Family;
  readonly title: string;
  readonly schema: z.ZodType<Body>;
  /** the error type of a body that its schema refuses (CONTRACT: 400, but 422 for cosmos3) */
  readonly refusal: Extract<ErrorType, 'invalid_request' | 'unprocessable_request'>;
  readonly plan: (body: Body, context: PlanContext) => RequestedPlan;
  /** fits a plan to its input video, where the dialect says that the output follows the input */
  readonly follow?: (
    plan: RenderPlan,
    clip: ClipInfo,
  ) => Partial<Pick<RenderPlan, 'width' | 'height' | 'frames' | 'fps'>>;
  /** field names of an older dialect, each with the name to use instead */
  readonly renamed?: Readonly<Record<string, string>>;
  readonly reply: (outcome: RenderOutcome) => ReplyShape;
  /** complete bodies that are valid; they stand in the OpenAPI document and are tested against the schema */
  readonly examples: readonly {
    readonly summary: string;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
}

/** Keeps the body type while a spec is written, and forgets it where specs are kept together. */
export function defineFamily<Body>(spec: FamilySpec<Body>): FamilySpec {
  return spec as unknown as FamilySpec;
}
