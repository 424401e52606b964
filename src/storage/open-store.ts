/** The one place that turns configuration into a store. */
import type { StorageConfig } from '../config/config';
import { openFolderStore } from './folder-store';
import type { ObjectStore } from './object-store';
import { openS3Store } from './s3-store';

/** The store that `config.storage` names. The folder is made on the first put; a bucket must exist. */
export async function openStore(storage: StorageConfig): Promise<ObjectStore> {
  switch (storage.kind) {
    case 'folder':
      return openFolderStore(storage.root);
    case 's3':
      return openS3Store({ bucket: storage.bucket, region: storage.region, endpoint: storage.endpoint });
  }
}
