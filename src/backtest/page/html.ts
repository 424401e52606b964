/** Text of the page: what is not markup is escaped, always. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup that may enter a page as it is. */
export class Html {
  constructor(readonly text: string) {}
}

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]);

type Part = string | number | Html | readonly Html[];

const textOf = (part: Part): string => {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return escaped(String(part));
};

/** Markup with its parts escaped, except those that are markup themselves. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(
    strings.reduce((text, string, index) => text + string + (index < parts.length ? textOf(parts[index]) : ''), ''),
  );

export interface TableColumn<Row> {
  readonly title: string;
  readonly number?: boolean;
  /** Sentences: they wrap instead of widening the table. */
  readonly wide?: boolean;
  readonly cell: (row: Row) => string | Html;
}

const classOf = ({ number, wide }: { readonly number?: boolean; readonly wide?: boolean }): string =>
  number === true ? 'n' : wide === true ? 'wide' : '';

/** A table that scrolls sideways by itself on a narrow screen; `none` is said when there are no rows. */
export function table<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[], none: string): Html {
  if (rows.length === 0) return html`<p class="quiet">${none}</p>`;
  const head = columns.map((column) => html`<th class="${classOf(column)}">${column.title}</th>`);
  const body = rows.map(
    (row) =>
      html`<tr>
        ${columns.map((column) => html`<td class="${classOf(column)}">${column.cell(row)}</td>`)}
      </tr> `,
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;
}
