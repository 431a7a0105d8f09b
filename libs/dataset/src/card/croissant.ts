import type { Layout } from '@worldfarm/core';
import type { CardStatistics } from './statistics.ts';

export interface CroissantFacts {
  readonly name: string;
  readonly description: string;
  readonly license?: string;
  /** where the dataset will be found, and whose it is */
  readonly url?: string;
  readonly creator?: string;
  readonly layout: Layout;
  readonly version: string;
  /** ISO date */
  readonly created: string;
  readonly manifest: { readonly bytes: number; readonly sha256: string };
}

/** The context of Croissant 1.0 (mlcommons/croissant, format specification). */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
};

const CLIPS: Record<Layout, { includes: string; encodingFormat: string }> = {
  folder: { includes: 'data/*/*.mp4', encodingFormat: 'video/mp4' },
  webdataset: { includes: 'shards/*.tar', encodingFormat: 'application/x-tar' },
  lerobot: { includes: 'videos/*/*/*.mp4', encodingFormat: 'video/mp4' },
};

const FIELDS: Readonly<Record<string, string>> = {
  id: 'sc:Text',
  split: 'sc:Text',
  file: 'sc:Text',
  sha256: 'sc:Text',
  bytes: 'sc:Integer',
  prompt: 'sc:Text',
  seed: 'sc:Integer',
  steps: 'sc:Integer',
  guidance: 'sc:Float',
  fps: 'sc:Float',
  frames: 'sc:Integer',
  width: 'sc:Integer',
  height: 'sc:Integer',
  profile: 'sc:Text',
  engine: 'sc:Text',
};

/**
 * The dataset in Croissant JSON-LD, with the statement of its responsible-AI vocabulary that it is synthetic
 * (`rai:dataCollectionType`), and in schema.org's words as well.
 */
export function croissant(facts: CroissantFacts, { clips }: CardStatistics) {
  const synthetic = 'Synthetic data: every clip was rendered by a world model.';
  return {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    name: facts.name.replace(/[^A-Za-z0-9_-]/g, '-'),
    description: `${facts.description} ${synthetic}`.trim(),
    // One text: readers of the format take no list here. The RAI vocabulary is named by its prefix.
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    ...(facts.license && { license: facts.license }),
    ...(facts.url && { url: facts.url }),
    ...(facts.creator && { creator: { '@type': 'sc:Organization', name: facts.creator } }),
    version: facts.version,
    datePublished: facts.created,
    keywords: ['synthetic', 'video', 'world model'],
    'rai:dataCollection': synthetic,
    'rai:dataCollectionType': ['Synthetic data'],
    distribution: [
      {
        '@type': 'cr:FileObject',
        '@id': 'manifest',
        name: 'manifest.jsonl',
        contentUrl: 'manifest.jsonl',
        encodingFormat: 'application/jsonlines',
        contentSize: `${facts.manifest.bytes} B`,
        sha256: facts.manifest.sha256,
      },
      {
        '@type': 'cr:FileSet',
        '@id': 'clips',
        name: 'clips',
        description: `${clips} clips`,
        ...CLIPS[facts.layout],
      },
    ],
    recordSet: [
      {
        '@type': 'cr:RecordSet',
        '@id': 'clip',
        name: 'clip',
        key: { '@id': 'clip/id' },
        field: Object.entries(FIELDS).map(([name, dataType]) => ({
          '@type': 'cr:Field',
          '@id': `clip/${name}`,
          name,
          dataType,
          source: { fileObject: { '@id': 'manifest' }, extract: { column: name } },
        })),
      },
    ],
  };
}
