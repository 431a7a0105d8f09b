/** One check of a prompt before anything is queued. */
export interface PromptGuard {
  /** how metadata names it */
  readonly name: string;
  /** Resolves with the reason when the prompt is blocked. Rejects when the guard itself is out of order. */
  check(prompt: string, signal: AbortSignal): Promise<string | undefined>;
}
