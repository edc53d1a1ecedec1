// The page: what is typed goes to the worker, and what the worker says is shown.
const worker = new Worker(new URL("text-worker.js", import.meta.url), { type: "module" });
const element = (id) => document.getElementById(id);
const lines = (id) =>
  element(id)
    .value.split("\n")
    .filter((line) => line.trim() !== "");

const requests = {
  load: () => ({ name: element("model").value, baseUrl: element("server").value }),
  learn: () => ({
    examples: lines("examples").map((line) => {
      const [label, ...sentence] = line.split(":");
      return { label: label.trim(), text: sentence.join(":").trim() };
    }),
  }),
  save: () => ({}),
  open: () => ({}),
  classify: () => ({ texts: lines("texts") }),
};

for (const [action, request] of Object.entries(requests)) {
  element(action).addEventListener("click", () => {
    worker.postMessage({ action, ...request() });
  });
}

worker.addEventListener("message", ({ data }) => {
  if (data.answer !== undefined) element("answer").textContent = data.answer.join("\n");
  if (data.status !== undefined) element("status").textContent = data.status;
});
