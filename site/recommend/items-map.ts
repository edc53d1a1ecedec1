// The map of the items: what the same people like stands together.
import { accent, draw, legend, muted, second } from "../../src/cli/report/draw.js";
import { type Html, html } from "../../src/cli/report/html.js";
import * as Plot from "../../src/cli/report/plot-packages.js";
import type { Place } from "./worker.js";

/** Names of the items that most users have; more would lie on each other. */
const namedItems = 14;

/** @param chosen - ids, as `recommended`: they stand out. */
export function itemsMap(
  places: readonly Place[],
  chosen: ReadonlySet<string>,
  recommended: ReadonlySet<string>,
): Html {
  const others = places.filter(({ id }) => !chosen.has(id) && !recommended.has(id));
  const ofSet = (ids: ReadonlySet<string>) => places.filter(({ id }) => ids.has(id));
  const dot = (some: readonly Place[], fill: string, r: number) =>
    Plot.dot(some, { x: "x", y: "y", r, fill, fillOpacity: 0.75, title: "title" });
  const named = apart([...ofSet(chosen), ...ofSet(recommended), ...places]);
  const plot = draw(
    "Map of the items",
    `${places.length} items; those that the same people like stand near each other.`,
    {
      width: 860,
      height: 520,
      marginLeft: 12,
      marginRight: 12,
      marginBottom: 12,
      x: { axis: null, inset: 24 },
      y: { axis: null, inset: 12 },
      marks: [
        dot(others, muted, 2.5),
        dot(ofSet(recommended), second, 5),
        dot(ofSet(chosen), accent, 6),
        Plot.text(named, {
          ...{ x: "x", y: "y", dy: -10, text: ({ title }: Place) => short(title) },
          ...{ fill: "var(--text)", stroke: "var(--surface)", strokeWidth: 4 },
        }),
      ],
    },
  );
  return html`<figure>${legend(["chosen", "recommended", "others"])}${plot}
<figcaption>The items that most users have, by the two main directions in which their factors differ. What
the same people like stands together.</figcaption></figure>`;
}

/** The first ones that have room for a name. */
function apart(places: readonly Place[]): Place[] {
  const width = (of: (place: Place) => number) =>
    Math.max(...places.map(of)) - Math.min(...places.map(of)) || 1;
  const [across, down] = [width(({ x }) => x), width(({ y }) => y)];
  const taken: Place[] = [];
  for (const place of places) {
    const free = taken.every(
      ({ x, y }) => Math.abs(x - place.x) > 0.2 * across || Math.abs(y - place.y) > 0.05 * down,
    );
    if (free && taken.push(place) === namedItems) break;
  }
  return taken;
}

function short(title: string): string {
  const name = title.replace(/ \(\d{4}\)$/, "");
  return name.length > 26 ? `${name.slice(0, 25)}…` : name;
}
