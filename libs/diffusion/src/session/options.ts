import type { SessionOptions } from './session.ts';

/** The part of onnxruntime's options that is used, so that the mapping is a plain value to test. */
export interface RuntimeOptions {
  executionProviders: (string | { name: string; deviceId: number })[];
  intraOpNumThreads?: number;
  interOpNumThreads: number;
  executionMode: 'sequential';
  graphOptimizationLevel: 'all' | 'disabled';
  enableMemPattern: boolean;
  optimizedModelFilePath?: string;
  logSeverityLevel: 3;
  extra: Record<string, Record<string, Record<string, string> | string>>;
}

/** WebGPU takes the system's own choice: its provider refuses a device id. */
const HAS_DEVICES = new Set(['cuda', 'tensorrt', 'dml']);

/**
 * onnxruntime-node's options. Memory patterns are off because shapes vary from render to render; threads do not spin
 * between graphs, so that ffmpeg gets the cores in the meantime.
 */
export function runtimeOptions(
  options: SessionOptions,
  optimized?: { read?: boolean; write?: string },
): RuntimeOptions {
  const { providers = ['cpu'], deviceId, threads } = options;
  return {
    executionProviders: providers.map((name) =>
      deviceId !== undefined && HAS_DEVICES.has(name) ? { name, deviceId } : name,
    ),
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // A graph that was optimised for this machine once is read as it is.
    graphOptimizationLevel: optimized?.read ? 'disabled' : 'all',
    enableMemPattern: false,
    ...(optimized?.write !== undefined && { optimizedModelFilePath: optimized.write }),
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
  };
}
