import { type PublishedRow, publishedFacts } from "../benchmark-published.ts";
import { type Html, html } from "../html.ts";

/** The name of a published row, and how it was made. */
export function publishedName(row: PublishedRow): Html {
  const facts = publishedFacts(row);
  return html`<td>${row.model}${facts === "" ? null : html`<small>${facts}</small>`}</td>`;
}
