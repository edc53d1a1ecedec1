// What the figures of benches and reproductions share beside Observable Plot: text above the chart,
// and the chart as a file.

/** A text of a chart. */
export function svgText(document, x, y, content, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", "text");
  for (const [key, value] of Object.entries({ x, y, "text-anchor": "start", ...attributes })) {
    element.setAttribute(key, value);
  }
  element.textContent = content;
  return element;
}

/** A chart as the text of a file that stands alone, its title for those who do not see it. */
export function svgFile(chart, title) {
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", title);
  // Plot gives the height twice, the second time in a form that no browser knows any more.
  return `${chart.outerHTML.replace(/\s*height: intrinsic;/, "")}\n`;
}
