/** Whether the host was heard from; `unheard`: nobody asked it. */
export type Heard = 'answered' | 'silent' | 'unheard';
/** Gives the place back; only the first call counts. */
export type Leave = (heard: Heard, latencyMs?: number) => void;
/** A place at a host, or when to come back. */
export type Admission =
  | { readonly admitted: true; readonly leave: Leave }
  | { readonly admitted: false; readonly afterMs: number };

/** Who may call which host now, so that a host that is dead or slow holds few of the courier's slots. */
export interface Gate {
  /** @param pulls how often this delivery has come to the gate */
  enter(host: string, pulls: number): Promise<Admission>;
  /** How long nothing will be admitted for, in ms; 0 for an open host. */
  closedFor(host: string): number;
}

export interface GateOptions {
  /** calls at once to a host that is known to answer */
  readonly perHost: number;
  readonly now?: () => number;
  /** 0 to 1 */
  readonly random?: () => number;
}

interface Host {
  active: number;
  waiting: (() => void)[];
  /** calls in a row without an answer */
  failures: number;
  openUntil: number;
  cooldownMs: number;
  /** moving average; undefined until it has answered */
  latencyMs: number | undefined;
  answeredAt: number;
  /** since when its calls wait for an answer, the last one counted */
  waitingSince: number;
}

const FAILURES_TO_OPEN = 5;
/** Calls at once to a host that has yet to answer: as many as it takes to find it dead. */
const UNPROVEN = FAILURES_TO_OPEN;
const FIRST_COOLDOWN_MS = 30_000;
const LONGEST_COOLDOWN_MS = 600_000;
/** A host that answers faster than this, and has just now, is waited for in the slot. */
const SWIFT_MS = 1_000;
const RECENT_MS = 2_000;
/** First put-off at a host that may be about to answer, and at one that has yet to and should have. */
const SHORT_PUT_OFF_MS = 250;
const LONG_PUT_OFF_MS = 20_000;
const LONGEST_PUT_OFF_MS = 60_000;
const REMEMBERED = 10_000;

/**
 * Opens a gate for one process: a bulkhead and a circuit for each host. A full host that answers swiftly is queued
 * for right here. Any other full host's delivery is put off and gives its slot to somebody else, for longer each
 * time. After five calls in a row without an answer the host's circuit opens: nothing is sent for half a minute,
 * then a single call tries, and the pause doubles up to ten minutes until one is answered.
 */
export function openGate({ perHost, now = Date.now, random = Math.random }: GateOptions): Gate {
  const hosts = new Map<string, Host>();

  function find(name: string): Host {
    const known = hosts.get(name);
    if (known) return known;
    if (hosts.size >= REMEMBERED) forgetQuiet();
    const fresh: Host = {
      active: 0,
      waiting: [],
      failures: 0,
      openUntil: 0,
      cooldownMs: 0,
      latencyMs: undefined,
      answeredAt: 0,
      waitingSince: 0,
    };
    hosts.set(name, fresh);
    return fresh;
  }

  function forgetQuiet(): void {
    for (const [name, { active, failures }] of hosts) if (active === 0 && failures === 0) hosts.delete(name);
  }

  const limit = ({ failures, latencyMs }: Host) =>
    failures >= FAILURES_TO_OPEN ? 1 : latencyMs === undefined ? UNPROVEN : perHost;
  const isSwift = ({ failures, latencyMs, answeredAt }: Host) =>
    failures === 0 && latencyMs !== undefined && latencyMs < SWIFT_MS && now() - answeredAt < RECENT_MS;
  const later = (ms: number): Admission => ({
    admitted: false,
    afterMs: Math.round(ms * (1 + random() / 2)),
  });
  const putOff = ({ latencyMs, waitingSince }: Host, pulls: number) => {
    const overdue = latencyMs === undefined && now() - waitingSince >= SWIFT_MS;
    const first = overdue ? LONG_PUT_OFF_MS : SHORT_PUT_OFF_MS;
    return later(Math.min(first * 2 ** Math.max(0, pulls - 1), LONGEST_PUT_OFF_MS));
  };

  function admit(host: Host): Admission {
    if (host.active++ === 0) host.waitingSince = now();
    let inside = true;
    return {
      admitted: true,
      leave: (heard, latencyMs = 0) => {
        if (inside) leave(host, heard, latencyMs);
        inside = false;
      },
    };
  }

  function leave(host: Host, heard: Heard, latencyMs: number): void {
    host.active--;
    if (heard === 'answered') {
      host.failures = 0;
      host.cooldownMs = 0;
      host.latencyMs = host.latencyMs === undefined ? latencyMs : 0.8 * host.latencyMs + 0.2 * latencyMs;
      host.answeredAt = now();
      host.waitingSince = now();
    } else if (heard === 'silent') {
      host.failures++;
      host.latencyMs = undefined;
      // Calls that were under way together count as one verdict on the host.
      if (host.failures >= FAILURES_TO_OPEN && host.openUntil <= now()) {
        host.cooldownMs = Math.min(Math.max(FIRST_COOLDOWN_MS, 2 * host.cooldownMs), LONGEST_COOLDOWN_MS);
        host.openUntil = now() + host.cooldownMs;
      }
    }
    while (host.waiting.length > 0 && host.openUntil <= now() && host.active < limit(host))
      host.waiting.shift()!();
  }

  function queueFor(host: Host, pulls: number): Promise<Admission> {
    return new Promise((resolve) => {
      const turn = () => {
        clearTimeout(tired);
        resolve(admit(host));
      };
      const tired = setTimeout(() => {
        host.waiting = host.waiting.filter((other) => other !== turn);
        resolve(putOff(host, pulls));
      }, RECENT_MS);
      host.waiting.push(turn);
    });
  }

  const closedFor = (host: Host) => Math.max(0, host.openUntil - now());
  return {
    closedFor: (name) => {
      const host = hosts.get(name);
      return host ? closedFor(host) : 0;
    },
    async enter(name, pulls) {
      const host = find(name);
      const pause = closedFor(host);
      if (pause > 0) return later(pause);
      if (host.active < limit(host)) return admit(host);
      return isSwift(host) ? queueFor(host, pulls) : putOff(host, pulls);
    },
  };
}
