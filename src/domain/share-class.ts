/**
 * How a class of shares is written: `BRK.B` in universes, files and the store, `BRK B` at Interactive Brokers, `BRK-B` at Tiingo and Yahoo. Pure.
 * A ticker of one class is the same everywhere.
 */

/** Blanks and dashes only where a class follows them. */
const CLASS = /[ -](?=[A-Z0-9]+$)/;

/** The project's own spelling of a ticker, however it was written. */
export const ownTicker = (written: string): string => written.replace(CLASS, '.');

/** The same of what a person wrote, in any case and with blanks around it: settings, files, options. */
export const writtenTicker = (text: string): string => ownTicker(text.trim().toUpperCase());

/** As Interactive Brokers lists it. */
export const brokerTicker = (ticker: string): string => ownTicker(ticker).replace(/\.(?=[A-Z0-9]+$)/, ' ');

/** As Tiingo and Yahoo list it. */
export const dashedTicker = (ticker: string): string => ownTicker(ticker).replaceAll('.', '-');
