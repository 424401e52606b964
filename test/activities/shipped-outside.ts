/** The world outside of a program that is configured as it ships. */
import { join } from 'node:path';
import type { OutsideSettings } from '../../src/activities/open-outside';
import { DEFAULT_CONFIG } from '../../src/config/config';

export const SHIPPED_OUTSIDE: OutsideSettings = {
  data: DEFAULT_CONFIG.data,
  news: DEFAULT_CONFIG.news,
  dataFolder: join(__dirname, '../../data'),
};
