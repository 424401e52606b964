/** Requests of the TWS API outside this gateway's scope (options, news, scanners, advisors): known by name, refused with their own request id. */

/** Message id → name and the field that holds the request id (null: it has none). */
const NOT_OFFERED: ReadonlyMap<number, { readonly name: string; readonly idField: number | null }> = new Map([
  [12, { name: 'reqNewsBulletins', idField: null }],
  [13, { name: 'cancelNewsBulletins', idField: null }],
  [18, { name: 'requestFA', idField: null }],
  [19, { name: 'replaceFA', idField: null }],
  [21, { name: 'exerciseOptions', idField: 2 }],
  [22, { name: 'reqScannerSubscription', idField: 1 }],
  [23, { name: 'cancelScannerSubscription', idField: 2 }],
  [24, { name: 'reqScannerParameters', idField: null }],
  [52, { name: 'reqFundamentalData', idField: 2 }],
  [53, { name: 'cancelFundamentalData', idField: 2 }],
  [54, { name: 'calculateImpliedVolatility', idField: 2 }],
  [55, { name: 'calculateOptionPrice', idField: 2 }],
  [56, { name: 'cancelCalculateImpliedVolatility', idField: 2 }],
  [57, { name: 'cancelCalculateOptionPrice', idField: 2 }],
  [65, { name: 'verifyRequest', idField: null }],
  [66, { name: 'verifyMessage', idField: null }],
  [67, { name: 'queryDisplayGroups', idField: 2 }],
  [68, { name: 'subscribeToGroupEvents', idField: 2 }],
  [69, { name: 'updateDisplayGroup', idField: 2 }],
  [70, { name: 'unsubscribeFromGroupEvents', idField: 2 }],
  [72, { name: 'verifyAndAuthRequest', idField: null }],
  [73, { name: 'verifyAndAuthMessage', idField: null }],
  [78, { name: 'reqSecDefOptParams', idField: 1 }],
  [79, { name: 'reqSoftDollarTiers', idField: 1 }],
  [80, { name: 'reqFamilyCodes', idField: null }],
  [83, { name: 'reqSmartComponents', idField: 1 }],
  [84, { name: 'reqNewsArticle', idField: 1 }],
  [85, { name: 'reqNewsProviders', idField: null }],
  [86, { name: 'reqHistoricalNews', idField: 1 }],
  [100, { name: 'reqWshMetaData', idField: 1 }],
  [101, { name: 'cancelWshMetaData', idField: 1 }],
  [102, { name: 'reqWshEventData', idField: 1 }],
  [103, { name: 'cancelWshEventData', idField: 1 }],
]);

/** Since then a scanner subscription has no version field before its request id. */
const SCANNER_GENERIC_OPTIONS = 143;

/** Name and request id (-1: none) of a request that is real but not offered here; null when no such request exists. */
export function notOfferedRequest(
  fields: readonly string[],
  serverVersion: number,
): { readonly name: string; readonly requestId: number } | null {
  const known = NOT_OFFERED.get(Number(fields[0]));
  if (known === undefined) return null;
  const shift = known.name === 'reqScannerSubscription' && serverVersion < SCANNER_GENERIC_OPTIONS ? 1 : 0;
  const id = known.idField === null ? -1 : Number(fields[known.idField + shift]);
  return { name: known.name, requestId: Number.isSafeInteger(id) ? id : -1 };
}
