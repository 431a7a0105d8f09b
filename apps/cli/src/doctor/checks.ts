import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkFiles, readProfile } from '@worldfarm/diffusion';
import { mediaCapabilities } from '@worldfarm/media';
import { openFarm } from '@worldfarm/queue';
import { openStore } from '@worldfarm/storage';
import type { CliConfig } from '../config.ts';
import { isPortTaken } from '../farm/port.ts';
import { type Check, find } from './check.ts';

const run = promisify(execFile);
const OLDEST_NODE = 24;

/** Everything that a farm on this machine needs. */
export function checksFor(config: CliConfig): Check[] {
  return [
    () => find('node', 'run through npm (npm start), which brings its own Node.js', nodeVersion),
    () => find('redis-server', installHint('redis-server'), () => redisServer(config)),
    () => find('ffmpeg', installHint('ffmpeg'), ffmpeg),
    () =>
      find('storage', 'make the folder writable, or point WORLDFARM_STORE elsewhere', () => storage(config)),
    () =>
      find('models', 'restore the files from the repository, or point WORLDFARM_PROFILES elsewhere', () =>
        models(config),
      ),
    () =>
      find('port', 'stop what listens there, or choose another with NIM_HTTP_API_PORT', () =>
        freePort(config),
      ),
  ];
}

function installHint(name: string): string {
  return process.platform === 'darwin'
    ? `brew install ${name === 'redis-server' ? 'redis' : name}`
    : `sudo apt-get install -y ${name} (or your system's package of that name)`;
}

async function nodeVersion(): Promise<string> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    throw new Error(`${process.version} is too old; ${OLDEST_NODE} or newer is needed`);
  return process.version;
}

async function redisServer({ redisUrl }: CliConfig): Promise<string> {
  if (!redisUrl) {
    const { stdout } = await run('redis-server', ['--version']).catch(() => {
      throw new Error('not found');
    });
    return stdout.trim();
  }
  const farm = openFarm({ url: redisUrl, patience: 'wait' });
  try {
    const late = new Promise<never>((_, reject) =>
      setTimeout(reject, 5_000, new Error('REDIS_URL does not answer')).unref(),
    );
    await Promise.race([farm.ping(), late]);
    return 'REDIS_URL answers';
  } finally {
    await farm.close();
  }
}

async function ffmpeg(): Promise<string> {
  const { version, isRecentEnough, encoders } = await mediaCapabilities();
  if (!isRecentEnough) throw new Error(`${version} is too old; 5.1 or newer is needed`);
  if (!encoders.h264) throw new Error(`${version} has no H.264 encoder`);
  const found = Object.entries(encoders).map(([codec, encoder]) => `${codec}: ${encoder ?? 'none'}`);
  return `${version}; ${found.join(', ')}`;
}

async function storage({ store }: CliConfig): Promise<string> {
  const opened = await openStore(store);
  try {
    await opened.check();
    return store;
  } finally {
    opened.close();
  }
}

async function models({ profiles }: CliConfig): Promise<string> {
  const names = (await readdir(profiles, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  if (names.length === 0) throw new Error(`${profiles} holds no profile`);
  const verified = await Promise.all(
    names.map(async ({ name }) => {
      const folder = join(profiles, name);
      const { files } = await readProfile(folder);
      await checkFiles(folder, files, true);
      return name;
    }),
  );
  return verified.join(', ');
}

async function freePort({ port, host }: CliConfig): Promise<string> {
  if (await isPortTaken(port, host)) {
    const answer = await fetch(`http://${host}:${port}/v1/version`).catch(() => undefined);
    if (!answer?.ok) throw new Error(`${port} is in use by another program`);
    return `${port}: a farm answers there`;
  }
  return `${port} is free`;
}
