declare module 's3rver' {
  import type { RequestListener } from 'node:http';

  export interface S3rverObject {
    key: string;
    size: number;
    md5: string;
    lastModifiedDate: Date;
  }

  export default class S3rver {
    constructor(options: {
      silent: boolean;
      directory: string;
      vhostBuckets: boolean;
      configureBuckets: { name: string }[];
    });
    readonly store: {
      listObjects(bucket: string, options: { prefix: string }): Promise<{ objects: S3rverObject[] }>;
      existsObject(bucket: string, key: string): Promise<boolean>;
    };
    configureBuckets(): Promise<unknown>;
    callback(): RequestListener;
  }
}
