// What the reports' plots use of other packages, as src/cli/packages.ts has it for the command. Half a
// megabyte, loaded when a report is asked for.
export { dot, line, type PlotOptions, plot, rectY, ruleX, ruleY, text } from "@observablehq/plot";
export { parseHTML } from "linkedom";
