// The page that `train --report` leaves of a model of ratings.
import { renderPage } from "./page.js";
import { type RatingsRun, ratingSections } from "./rating-sections.js";
import { sourceName } from "./sharing.js";

/** The whole page. Everything that comes from the user's file is escaped. */
export function completeReport(run: RatingsRun): string {
  const source = sourceName(run.source);
  return renderPage({
    ...{ heading: "Recommendation report", source },
    ...ratingSections({ ...run, source }),
  });
}
