/** A profile that cannot be served: says which file is at fault and why. Thrown while loading, never later. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  /** The file at fault, relative to the profile folder. */
  readonly file: string;
  readonly reason: string;

  constructor(file: string, reason: string, options: { cause?: unknown } = {}) {
    super(`${file}: ${reason}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.file = file;
    this.reason = reason;
  }
}

/** A render that failed, or an engine that is gone. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** True when the device or its thread is to blame: reopen the engine before the next render. */
  readonly deviceFault: boolean;

  constructor(message: string, options: { deviceFault?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.deviceFault = options.deviceFault ?? false;
  }
}
