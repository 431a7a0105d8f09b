import type { Profile } from '@worldfarm/core';
import type { RenderHooks, RenderedFrames, RenderPlan, RenderRequest } from '../request.ts';
import type { LoadReport } from './protocol.ts';

/** A loaded profile, ready to render. Its graphs run in a thread of their own. */
export interface DiffusionEngine {
  readonly profile: Profile;
  readonly load: LoadReport;
  /**
   * How a request would be met. Pure and quick.
   * @throws FarmError `unsupported_mode` or `invalid_request` when the profile cannot meet it.
   */
  plan(request: RenderRequest): RenderPlan;
  /**
   * Renders; resolves when the first frames are there. Requests wait for one another, so drain `chunks` (or cancel).
   * The same request on the same profile and kind of device gives the same bytes.
   * @throws FarmError as `plan` does; the signal's reason when cancelled; EngineError when the render fails, with
   * `deviceFault` when the thread or its device is gone. After the first frames the same errors come from `chunks`.
   */
  render(request: RenderRequest, hooks?: RenderHooks): Promise<RenderedFrames>;
  /** Ends the thread. A render on the way rejects with an EngineError. */
  close(): Promise<void>;
}
