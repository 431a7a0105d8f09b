export { openFolderStore } from './folder/folder-store.ts';
export { readJsonLines, readText, writeJsonLines } from './json-lines.ts';
export { listAll } from './list-all.ts';
export { openStore, parseStoreUrl, type StoreConfig } from './open.ts';
export type { S3Options } from './s3/client.ts';
export { openS3Store } from './s3/s3-store.ts';
export type {
  ByteRange,
  GetOptions,
  ListedObject,
  ListOptions,
  ListPage,
  ObjectBody,
  ObjectInfo,
  ObjectStore,
  PresignOptions,
  PutOptions,
  PutResult,
  StoredObject,
} from './store.ts';
