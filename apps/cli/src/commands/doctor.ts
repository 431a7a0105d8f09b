import { Command } from 'commander';
import type { CliConfig } from '../config.ts';
import { checksFor } from '../doctor/checks.ts';

export function doctorCommand(config: CliConfig): Command {
  return new Command('doctor')
    .description('check what a farm on this machine needs, and say how to mend it')
    .action(async () => {
      let broken = 0;
      for (const check of checksFor(config)) {
        const { name, ok, detail, mend } = await check();
        process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(13)} ${detail}\n`);
        if (!ok) process.stdout.write(`      ${''.padEnd(13)} -> ${mend}\n`);
        if (!ok) broken++;
      }
      if (broken > 0) process.exitCode = 1;
    });
}
