// Charts as files: Observable Plot drawing into a document without a browser, a title and the names
// of the colours above it.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Of Okabe and Ito (2008), told apart by the colour-blind. */
export const palette = [
  ...["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#777777"],
];

/** About the width of a letter of the legend. */
const letterWidth = 6.5;
const lineHeight = 18;

/**
 * @param colors - the names of the legend and their colours.
 * @param options - Plot's, with `width` and the `height` of the chart without its legend.
 * @param metadata - lines that say where the figures come from.
 */
export function chartFile(title, colors, { width, height, ...options }, metadata = []) {
  const { document } = parseHTML("<html><body></body></html>");
  const names = [...colors.keys()];
  const longest = Math.max(...names.map(({ length }) => length));
  const fitting = Math.floor((width - 20) / (letterWidth * (longest + 3)));
  const columns = Math.max(1, Math.min(fitting, width > 800 ? 5 : 3));
  const legendHeight = lineHeight * Math.ceil(names.length / columns);
  const chart = Plot.plot({
    ...{ document, width, height: height + legendHeight, marginTop: 62 + legendHeight },
    style: { fontFamily: "sans-serif", fontSize: "12px", background: "white", color: "black" },
    color: { domain: names, range: [...colors.values()] },
    ...options,
  });
  chart.append(
    text(document, 10, 20, title, { "font-weight": "bold", "font-size": 14, fill: "black" }),
    ...names.map((name, i) => {
      const [row, column] = [Math.floor(i / columns), i % columns];
      const left = 10 + (column * (width - 16)) / columns;
      return text(document, left, 42 + lineHeight * row, `● ${name}`, { fill: colors.get(name) });
    }),
  );
  // Plot puts it at the very top, where the title stands.
  const label = chart.querySelector('[aria-label="y-axis label"]');
  if (options.marginLeft)
    label?.setAttribute("transform", `translate(${4 - options.marginLeft},-18)`);
  if (metadata.length > 0) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", "metadata");
    element.textContent = metadata.join("\n");
    chart.prepend(element);
  }
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", title);
  // Plot gives the height twice, the second time in a form that no browser knows any more.
  return `${chart.outerHTML.replace(/\s*height: intrinsic;/, "")}\n`;
}

function text(document, x, y, content, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "text");
  for (const [key, value] of Object.entries({ x, y, "text-anchor": "start", ...attributes })) {
    element.setAttribute(key, value);
  }
  element.textContent = content;
  return element;
}
