/** Where a command's columns of the world outside come from. */
import { join } from 'node:path';
import type { OutsideSettings } from '../activities/open-outside';
import type { Config } from '../config/config';
import { PACKAGE_ROOT } from './child-command';

export const outsideSettings = ({ data, news }: Pick<Config, 'data' | 'news'>): OutsideSettings => ({
  data,
  news,
  dataFolder: join(PACKAGE_ROOT, 'data'),
});
