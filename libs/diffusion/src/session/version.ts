import manifest from 'onnxruntime-node/package.json' with { type: 'json' };

/** Version of the runtime that renders; known without loading it. */
export const RUNTIME_VERSION: string = manifest.version;
