// Question: how do the methods compare on 1,024 examples of other tasks?

import { loadGlue } from "../../lab/glue.mjs";
import { loadMiniLm } from "../../lab/minilm.mjs";
import { compare, comparisonFindings, dataOf, lossFigure } from "../harness/comparison.mjs";

const names = ["lora-paper", "lora", "deep-lora"];

/** The paper's table, LoRA and Deep LoRA at full width, and their gap over 10 seeds. */
const published = {
  RTE: { "lora-paper": ".5851 ± .0323", gap: "+.0293 (variance 1.5e-3), 8 of 10" },
  CoLA: { "lora-paper": ".2787 ± .0405", gap: "+.0901 (variance 2.0e-3), 10 of 10" },
};

function on(taskName, { name, steps, draws }) {
  return {
    ...{ name, state: "lora" },
    title: `${taskName} with 1,024 examples`,
    source: "CD, table of GLUE with 1,024 samples; their Deep LoRA is 768 wide",
    run(lab) {
      const task = loadGlue(taskName);
      const model = loadMiniLm();
      const rows = compare(lab, {
        ...{ model, task, names, steps: lab.quick ? 1 : steps },
        ...{ samples: lab.quick ? 2 : 1024, draws: lab.quick ? 2 : draws },
      });
      const { gap, ...means } = published[taskName];
      return {
        setting:
          `MiniLM-L6, n = 1,024, ${steps} steps of 16, rank 8, ${draws} draws, the head trained, ` +
          `the rates that STS-B chose; ${task.metricName} on dev after the last step.`,
        tables: { "": dataOf(rows, task.metricName) },
        figures: { "": lossFigure(rows, names, `Training loss on ${taskName}, mean of the draws`) },
        findings: comparisonFindings(rows, {
          ...{ label: taskName, names, theirs: means },
          gaps: [
            ["deep-lora", "lora-paper", gap],
            ["deep-lora", "lora"],
          ],
        }),
      };
    },
  };
}

export const loraRte = on("RTE", { name: "lora-rte", steps: 300, draws: 5 });
export const loraCola = on("CoLA", { name: "lora-cola", steps: 500, draws: 5 });
