/** Asks Yahoo's days once and prints how many came: argv is address, state folder. */
import { NO_RATE_LIMIT } from '../../../src/http/rate-limit';
import { yahooBars } from '../../../src/market-data/providers/yahoo';
import { collect, DAY_REQUEST } from './collect';

const [url, folder] = process.argv.slice(2);
const yahoo = yahooBars({ baseUrl: url, cookieUrl: `${url}/cookie`, folder, rateLimit: NO_RATE_LIMIT });

void collect(yahoo, DAY_REQUEST).then(({ bars }) => console.log(bars.length));
