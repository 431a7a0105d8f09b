import type { Layout } from '@worldfarm/core';
import type { CardStatistics } from './statistics.ts';

export interface CardFacts {
  readonly name: string;
  readonly description?: string;
  readonly license?: string;
  readonly layout: Layout;
  readonly batch: string;
  /** what a profile's author wants readers to know */
  readonly notices: readonly string[];
  readonly counts: { readonly failed: number; readonly canceled: number; readonly invalid: number };
  readonly contactSheet: boolean;
}

/** The dataset card: YAML that hubs read, then what a person wants to know first. */
export function datasetCard(facts: CardFacts, numbers: CardStatistics): string {
  const { counts } = facts;
  const left = [
    counts.failed && `${counts.failed} failed`,
    counts.canceled && `${counts.canceled} were canceled`,
    counts.invalid && `${counts.invalid} lines were refused`,
  ].filter(Boolean);
  return [
    '---',
    ...header(facts, numbers),
    '---',
    '',
    `# ${facts.name}`,
    '',
    ...(facts.description ? [facts.description, ''] : []),
    'Every clip is **synthetic**: it was rendered by a world model, not filmed. `manifest.jsonl` and',
    '`manifest.parquet` say for each clip how it was made (prompt, seed, model build, engine, device) and carry its',
    'SHA-256.',
    ...facts.notices.flatMap((notice) => ['', `> ${notice}`]),
    '',
    ...(facts.contactSheet ? ['![Frames of some clips](contact-sheet.jpg)', ''] : []),
    '## Numbers',
    '',
    table(
      ['', ''],
      [
        ['clips', `${numbers.clips}${left.length ? ` (${left.join(', ')})` : ''}`],
        ['bytes', String(numbers.bytes)],
        ['seconds of video', numbers.seconds.toFixed(1)],
        ['splits', list(numbers.splits)],
        ['sizes', list(numbers.sizes)],
        ['modes', list(numbers.modes)],
        ['models', list(numbers.profiles)],
        ['engines', list(numbers.engines)],
        ['near duplicates', String(numbers.nearDuplicates)],
      ],
    ),
    '',
    '## Prompts',
    '',
    `${numbers.prompts.distinct} different prompts of ${numbers.prompts.fewestWords} to ` +
      `${numbers.prompts.mostWords} words, ${numbers.prompts.meanWords.toFixed(1)} on average. Most frequent words: ` +
      `${numbers.prompts.common.map(([word, clips]) => `${word} (${clips})`).join(', ')}.`,
    '',
    '## Scores',
    '',
    table(
      ['score', 'mean', 'least', 'most'],
      Object.entries(numbers.scores).map(([name, { mean, min, max }]) => [
        name,
        ...[mean, min, max].map(short),
      ]),
    ),
    '',
    'Scores are measured, never acted on: filter by them when you export or read.',
    '',
    '## Reading it',
    '',
    '```python',
    ...READERS[facts.layout],
    '```',
    '',
    `Made by Worldfarm, batch \`${facts.batch}\`.`,
    '',
  ].join('\n');
}

const READERS: Record<Layout, readonly string[]> = {
  folder: [
    'from datasets import load_dataset',
    'dataset = load_dataset("videofolder", data_dir="<this folder>")',
  ],
  webdataset: [
    'from datasets import load_dataset',
    'dataset = load_dataset("webdataset", data_dir="<this folder>/shards")',
  ],
  lerobot: [
    'from lerobot.datasets.lerobot_dataset import LeRobotDataset',
    'dataset = LeRobotDataset("local/name", root="<this folder>")',
  ],
};

const TAGS: Record<Layout, readonly string[]> = {
  folder: [],
  webdataset: ['webdataset'],
  lerobot: ['LeRobot', 'robotics'],
};

function header({ name, license, layout }: CardFacts, { clips, splits }: CardStatistics): string[] {
  const configs =
    layout === 'folder'
      ? [
          'configs:',
          '- config_name: default',
          '  data_files:',
          ...splitFiles(splits, (split) => `data/${split}/**`),
        ]
      : layout === 'webdataset'
        ? [
            'configs:',
            '- config_name: default',
            '  data_files:',
            ...splitFiles(splits, (split) => `shards/${split}-*.tar`),
          ]
        : [];
  return [
    `pretty_name: ${JSON.stringify(name)}`,
    ...(license ? [`license: ${JSON.stringify(license)}`] : []),
    `size_categories:\n- ${sizeCategory(clips)}`,
    'tags:',
    ...['synthetic', 'video', 'worldfarm', ...TAGS[layout]].map((tag) => `- ${tag}`),
    ...configs,
  ];
}

function splitFiles(splits: Readonly<Record<string, number>>, path: (split: string) => string): string[] {
  return Object.keys(splits)
    .sort()
    .flatMap((split) => [`  - split: ${split}`, `    path: ${JSON.stringify(path(split))}`]);
}

/** The size classes of the Hugging Face hub. */
export function sizeCategory(clips: number): string {
  const edges: readonly [number, string][] = [
    [1e3, 'n<1K'],
    [1e4, '1K<n<10K'],
    [1e5, '10K<n<100K'],
    [1e6, '100K<n<1M'],
    [1e7, '1M<n<10M'],
  ];
  return edges.find(([edge]) => clips < edge)?.[1] ?? '10M<n<100M';
}

const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');

const short = (value: number) => String(Number(value.toPrecision(3)));

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
