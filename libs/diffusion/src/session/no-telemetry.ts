/**
 * ONNX Runtime's builds report their use to their maker unless this variable is there when they are loaded. A farm tells
 * nobody what it renders. Threads get copies of the environment that native code does not see, so whoever starts one
 * imports this before.
 */
// biome-ignore lint/style/noProcessEnv: it is written for native code, and nothing is read
process.env.ORT_DISABLE_TELEMETRY = '1';
