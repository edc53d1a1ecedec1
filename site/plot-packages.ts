// What the reports' plots use, in a browser: there is a document.
export { dot, line, type PlotOptions, plot, rectY, ruleX, ruleY, text } from "@observablehq/plot";
export const parseHTML = () => ({ document });
