declare module 's3rver' {
  import type { RequestListener } from 'node:http';

  export interface S3rverMetadata {
    readonly etag: string;
    readonly 'last-modified': string;
    readonly 'content-length': number;
  }

  export default class S3rver {
    constructor(options: {
      silent: boolean;
      directory: string;
      vhostBuckets: boolean;
      configureBuckets: { name: string }[];
    });
    readonly store: {
      getBucketPath(bucket: string): string;
      /** Rejects with ENOENT for an object that is not there. */
      getMetadata(bucket: string, key: string): Promise<S3rverMetadata>;
      existsObject(bucket: string, key: string): Promise<boolean>;
    };
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }
}
