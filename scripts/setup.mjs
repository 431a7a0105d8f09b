// Installs what is missing before `npm start` and `npm test`; does nothing when all is there. Runs on any Node
// from 20 on and imports nothing that is not part of it, since node_modules may not exist yet.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dev = process.argv.includes('--dev');

installPackages();
const missing = neededPrograms().filter((program) => !isInstalled(program.command));
if (missing.length > 0) installPrograms(missing);

/** npm packages, when there are none or the lock file changed since. */
function installPackages() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  say('Installing npm packages ...');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error']);
}

function neededPrograms() {
  const programs = [
    {
      command: 'ffmpeg',
      packages: { apt: 'ffmpeg', apk: 'ffmpeg', dnf: 'ffmpeg', pacman: 'ffmpeg', brew: 'ffmpeg' },
    },
  ];
  // Tests start a Redis of their own whatever REDIS_URL says.
  if (dev || !process.env.REDIS_URL) {
    const packages = { apt: 'redis-server', apk: 'redis', dnf: 'redis', pacman: 'redis', brew: 'redis' };
    programs.push({ command: 'redis-server', packages });
  }
  // A test cuts a worker off in a network namespace, which only root on Linux can make.
  if (dev && process.platform === 'linux' && process.getuid() === 0) {
    const packages = { apt: 'iproute2', apk: 'iproute2', dnf: 'iproute', pacman: 'iproute2' };
    programs.push({ command: 'ip', packages });
  }
  return programs;
}

function installPrograms(missing) {
  const names = missing.map(({ command }) => command).join(' and ');
  const manager = packageManager();
  if (!manager) fail(`Please install ${names} with your system's package manager, then run this again.`);
  const packages = missing.map((program) => program.packages[manager.name]);
  const command = manager.install(packages);
  const prefix = manager.needsRoot ? rootPrefix() : [];
  if (!prefix) fail(`Please install ${names}, then run this again:\n\n  sudo ${command.join(' ')}\n`);
  say(`Installing ${names} (${command.join(' ')}) ...`);
  if (manager.refresh) run(...split([...prefix, ...manager.refresh]), { optional: true });
  run(...split([...prefix, ...command]));
  const still = missing.filter((program) => !isInstalled(program.command));
  if (still.length > 0) fail(`${still.map(({ command }) => command).join(' and ')} is still missing.`);
}

function packageManager() {
  const managers = [
    {
      name: 'apt',
      command: 'apt-get',
      needsRoot: true,
      refresh: ['apt-get', 'update', '-q'],
      install: (p) => ['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...p],
    },
    { name: 'apk', command: 'apk', needsRoot: true, install: (p) => ['apk', 'add', ...p] },
    { name: 'dnf', command: 'dnf', needsRoot: true, install: (p) => ['dnf', 'install', '-y', ...p] },
    {
      name: 'pacman',
      command: 'pacman',
      needsRoot: true,
      install: (p) => ['pacman', '-S', '--noconfirm', ...p],
    },
    { name: 'brew', command: 'brew', needsRoot: false, install: (p) => ['brew', 'install', ...p] },
  ];
  return managers.find(({ command }) => isInstalled(command));
}

/** What makes a command run as root: nothing for root, sudo where it asks no password; undefined otherwise. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

function isInstalled(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' }).status === 0;
}

function split([command, ...rest]) {
  return [command, rest];
}

function run(command, parameters, { optional = false } = {}) {
  try {
    execFileSync(command, parameters, {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    if (!optional) fail(`${command} ${parameters.join(' ')} failed (${error.status ?? error.code}).`);
  }
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(message) {
  say(`\n${message}`);
  process.exit(1);
}
