import { objectStoreContract } from '../testing/contract.ts';
import { startS3Server, TEST_CREDENTIALS } from '../testing/s3-server.ts';
import { openS3Store } from './s3-store.ts';

for (const prefix of [undefined, 'farm/one/']) {
  objectStoreContract(`An S3 bucket${prefix ? ' with a prefix' : ''}`, async () => {
    const { endpoint, stop } = await startS3Server('clips');
    const store = openS3Store({ bucket: 'clips', prefix, endpoint, credentials: TEST_CREDENTIALS });
    return {
      store,
      close: async () => {
        store.close();
        await stop();
      },
    };
  });
}
