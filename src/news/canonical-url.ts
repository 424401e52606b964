/** One address for all the ways in which sources link the same article. */
import { createHash } from 'node:crypto';

/** Parameters that say where a reader came from, not what is read. */
const TRACKING =
  /^(utm_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|cmpid|cmp|ref|ref_src|referrer|source|src|rss|feed|partner|ncid|taid|soc_src|soc_trk|guccounter|guce_.*|yptr|amp|outputtype)$/i;

/**
 * Without scheme, `www.` or `amp.`, port of the scheme, fragment, tracking parameters and a slash at the end; parameters sorted; host in
 * lower case. A text that is no web address comes back trimmed.
 */
export function canonicalUrl(text: string): string {
  if (!URL.canParse(text)) return text.trim();
  const url = new URL(text);
  const host = url.host.toLowerCase().replace(/^(www\d?|amp|m)\./, '');
  const path = url.pathname.replace(/\/(amp|index\.html?)\/?$/i, '/').replace(/\/+$/, '');
  const query = [...url.searchParams]
    .filter(([name]) => !TRACKING.test(name))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .sort()
    .join('&');
  return `${host}${path}${query === '' ? '' : `?${query}`}`;
}

/** The article's id: SHA-256 of its canonical address, or of publisher and title where it has none; hex. */
export const articleId = ({
  url,
  source,
  title,
}: {
  readonly url: string;
  readonly source: string;
  readonly title: string;
}): string =>
  createHash('sha256')
    .update(url === '' ? `${source}\n${title.toLowerCase()}` : canonicalUrl(url))
    .digest('hex');
