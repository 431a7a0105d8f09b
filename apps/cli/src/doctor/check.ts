/** One thing that `doctor` looked at. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** what was found */
  readonly detail: string;
  /** what to do, when it is not ok */
  readonly mend?: string;
}

export type Check = () => Promise<Finding>;

/** Runs a check; one that throws is a finding, not an end. */
export async function find(name: string, mend: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error), mend };
  }
}
