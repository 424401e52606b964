/** Where each effective value comes from. */

export type ConfigOrigin =
  | { readonly source: 'default' }
  | { readonly source: 'file'; readonly file: string }
  | { readonly source: 'environment'; readonly variable: string }
  | { readonly source: 'command line' };

/** Origin by path of the setting (`broker.port`). */
export type ConfigOrigins = Readonly<Record<string, ConfigOrigin>>;

/** `default`, `omega.config.json`, `IBKR_PORT`, `command line`: for tables and messages. */
export function originText(origin: ConfigOrigin): string {
  switch (origin.source) {
    case 'file':
      return origin.file;
    case 'environment':
      return origin.variable;
    case 'default':
    case 'command line':
      return origin.source;
  }
}
