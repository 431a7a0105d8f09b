import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { profileLabel } from '@worldfarm/core';
import { benchProfile, measureStepCache, readProfile, verifyProfile } from '@worldfarm/diffusion';
import { Command } from 'commander';
import type { CliConfig } from '../config.ts';
import { printLines, table } from '../table.ts';

export function modelsCommand(config: CliConfig): Command {
  const models = new Command('models').description('list model profiles, verify one, or measure one');
  /** A name among the profiles, or a folder. */
  const folderOf = (profile: string) => (profile.includes('/') ? profile : join(config.profiles, profile));

  models.command('list', { isDefault: true }).action(async () => {
    const entries = await readdir(config.profiles, { withFileTypes: true });
    const profiles = await Promise.all(
      entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => readProfile(join(config.profiles, name))),
    );
    const rows = profiles.map((profile) => [
      profileLabel(profile),
      profile.engine,
      profile.modes.join(','),
      profile.tiers.join(','),
      megabytes(profile.files.reduce((sum, { bytes }) => sum + bytes, 0)),
    ]);
    printLines(table(['PROFILE', 'ENGINE', 'MODES', 'TIERS', 'SIZE'], rows));
  });

  models
    .command('verify <profile>')
    .description('check files, digests and shapes, and renders against goldens where there are some')
    .action(async (profile: string) => {
      const report = await verifyProfile(folderOf(profile), {}, (golden) => {
        const found = `latents ${golden.latents.toExponential(1)}, frames ${golden.frames?.toExponential(1) ?? '-'}`;
        process.stdout.write(`${golden.ok ? 'ok  ' : 'FAIL'}  ${golden.name}: ${found}\n`);
      });
      const { files, bytes, goldens, ok } = report;
      process.stdout.write(
        `${report.profile}: ${files} files, ${megabytes(bytes)}, digests right; ${goldens.length} goldens, ${ok ? 'all' : 'not all'} within tolerance\n`,
      );
      if (!ok) process.exitCode = 1;
    });

  models
    .command('bench <profile>')
    .description('load a profile, render one clip after a warm-up, and say where the time went')
    .option('--steps <n>', 'sampling steps')
    .option('--step-cache <threshold>', 'what the step cache would save and cost at this threshold, 0.05 say')
    .action(async (profile: string, flags: { steps?: string; stepCache?: string }) => {
      const sample = flags.steps ? { steps: Number(flags.steps) } : {};
      const report = await benchProfile(folderOf(profile), {}, sample);
      const { load, timings, seconds, secondsPerStep, hostShare } = report;
      printLines([
        `${report.profile} ${report.mode} ${report.size}`,
        `load      ${load.seconds.toFixed(2)} s`,
        `render    ${seconds.toFixed(2)} s`,
        `  text    ${timings.text.toFixed(3)} s`,
        `  steps   ${timings.steps.toFixed(3)} s (${timings.stepsComputed} computed, ${secondsPerStep.toFixed(3)} s each)`,
        `  decode  ${timings.decode.toFixed(3)} s`,
        `host      ${(hostShare * 100).toFixed(1)} % of the steps`,
      ]);
      if (flags.stepCache === undefined) return;
      const threshold = Number(flags.stepCache);
      const { psnr, skipped, faster } = await measureStepCache(folderOf(profile), threshold, {}, sample);
      const quality = { psnr: Number(psnr.toFixed(1)), skipped: Number(skipped.toFixed(3)) };
      printLines([
        `step cache ${(skipped * 100).toFixed(0)} % of the steps skipped, ${faster.toFixed(2)} times as fast, ${psnr.toFixed(1)} dB to the clip without it`,
        `  "step_cache": ${JSON.stringify({ type: 'easycache', threshold, quality })}`,
      ]);
    });
  return models;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
