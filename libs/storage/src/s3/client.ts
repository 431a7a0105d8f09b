import { S3Client } from '@aws-sdk/client-s3';

/** Where the objects are, and who we are there. */
export interface S3Options {
  bucket: string;
  /** Put before every key, for a bucket that is shared: `farm/`. */
  prefix?: string;
  region?: string;
  /** A store that is not AWS: `http://minio:9000`. */
  endpoint?: string;
  /** The same store as clients outside the cluster reach it; links are made for it. Default `endpoint`. */
  publicEndpoint?: string;
  /** `endpoint/bucket/key` in place of `bucket.endpoint/key`: most stores that are not AWS want it. */
  forcePathStyle?: boolean;
  /** Default: the AWS chain (environment, profile, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  /** Tries of one call in all (default 4), with growing pauses between. */
  maxAttempts?: number;
  /** Milliseconds to wait for a connection, and for the next sign of life on it (default 5 000, 30 000). */
  connectTimeoutMs?: number;
  idleTimeoutMs?: number;
}

export function createClient(options: S3Options, endpoint = options.endpoint): S3Client {
  return new S3Client({
    region: options.region ?? 'us-east-1',
    endpoint,
    forcePathStyle: options.forcePathStyle ?? endpoint !== undefined,
    credentials: options.credentials,
    maxAttempts: options.maxAttempts ?? 4,
    // Stores that are not AWS often know nothing of the newer checksum trailers; we check SHA-256 ourselves.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs ?? 5_000,
      socketTimeout: options.idleTimeoutMs ?? 30_000,
    },
  });
}
