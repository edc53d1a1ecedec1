// The page that `train --report` leaves of a model of clicks.
import { type ClicksRun, clickSections } from "./click-sections.js";
import { renderPage } from "./page.js";
import { sourceName } from "./sharing.js";

/** The whole page. Everything that comes from the user's file is escaped. */
export function rankingReport(run: ClicksRun): string {
  const source = sourceName(run.source);
  return renderPage({
    ...{ heading: "Recommendation report", source },
    ...clickSections({ ...run, source }),
  });
}
