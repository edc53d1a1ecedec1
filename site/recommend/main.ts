// The program of recommend.html.
import { amount } from "../../src/cli/format.js";
import { clickSections } from "../../src/cli/report/click-sections.js";
import { type Html, html, isolated } from "../../src/cli/report/html.js";
import { ratingSections } from "../../src/cli/report/rating-sections.js";
import type { Preview } from "../../src/formats/preview.js";
import { Remote, type Step, StoppedError } from "../shell/remote.js";
import {
  download,
  element,
  fileDrop,
  fill,
  latest,
  ProgressBar,
  reveal,
  siteFile,
  trying,
} from "../shell/ui.js";
import { itemsMap } from "./items-map.js";
import { workerProject } from "./project.js";
import type {
  Choice,
  Contents,
  Format,
  Item,
  Place,
  Recommender,
  Task,
  Trained,
} from "./worker.js";

const worker = new Remote<Recommender>("recommend");
const problem = element("train-problem");
const progress = new ProgressBar(element("progress"), stop);

/** Items that the list shows at a time, and recommendations. */
const shownItems = 12;
const shownFound = 8;
/** Rows of the preview are numbered like this for the menus. */
const roles = ["user", "item", "rating"] as const;

let file: { name: string; data: Uint8Array } | undefined;
let format: Format = {};
/** What the menus of the columns were set to, once somebody has. */
let picked: string[] | undefined;
let contents: Contents | undefined;
let trained: Trained | undefined;
let again: Promise<void> | undefined;
let places: Place[] = [];
let choices: Choice[] = [];

fileDrop(element("file"), (picked) =>
  trying(element("file-problem"), async () =>
    open(picked.name, new Uint8Array(await picked.arrayBuffer())),
  ),
);
element("sample").addEventListener("click", () =>
  trying(element("file-problem"), async () =>
    open("movietweetings.csv", await siteFile("sample/movietweetings.csv")),
  ),
);
element("train").addEventListener("click", () => trying(problem, train));
element("search").addEventListener("input", showItems);
element("save-model").addEventListener("click", saveModel);
element("save-project").addEventListener("click", saveProject);

async function open(name: string, data: Uint8Array): Promise<void> {
  forget();
  file = { name, data };
  [format, picked] = [{}, undefined];
  await read();
}

/** Nothing of the file before stays. */
function forget(): void {
  worker.stop();
  [contents, trained, places, choices] = [undefined, undefined, [], []];
  for (const id of ["contents", "task", "trained", "similar-panel"]) reveal(element(id), false);
}

/** Reads the file as the menus say. What is wrong stands under the file; the menus can mend it. */
async function read(): Promise<void> {
  if (file === undefined) return;
  const { name, data } = file;
  // Copies: the worker may be stopped, and the file is read again then.
  const beginning = await worker.call("preview", [data, name, format]);
  let problem: unknown;
  try {
    contents = await worker.call("read", [data, name, format]);
  } catch (error) {
    if (error instanceof StoppedError) return;
    [contents, problem] = [undefined, error];
  }
  showContents(beginning);
  if (problem instanceof Error) throw new Error(withoutOptions(problem.message));
}

/** The reader speaks of the command's options; here there are menus. */
function withoutOptions(message: string): string {
  return message
    .replace(
      /say (which|what separates the columns)[^;,]* with --(columns|delimiter)[^;,]*/g,
      "choose the columns below",
    )
    .replace(/with --columns [A-Z,]+/g, "in the menus below")
    .replace(/(pass|with) --encoding ([\w-]+)/g, "choose the encoding $2 below")
    .replace(/or read only users and items with --clicks/, "or choose no rating below")
    .replace(
      /: read it with --dense|; read a table with a column for each item with --dense/,
      ": choose the columns below",
    )
    .replace(/ \(or what --delimiter says\)/, "");
}

function showContents(beginning: Preview | undefined): void {
  reveal(element("contents"));
  reveal(element("task"), contents !== undefined);
  reveal(element("trained"), false);
  showMenus(beginning);
  fill(element("beginning"), ...previewTable(beginning));
  if (contents === undefined) {
    element("summary").textContent = "It cannot be read like this.";
    return;
  }
  const { kind, users, items, entries, scale } = contents;
  const what = kind === "ratings" ? "rating" : "click";
  const range = kind === "ratings" ? `, from ${scale.low} to ${scale.high}` : "";
  element("summary").textContent =
    `${amount(entries, what)} by ${amount(users, "user")} of ${amount(items, "item")}${range}.`;
  reveal(element("learn"), kind === "ratings");
  const values = scale.values.length > 0 ? scale.values : [scale.liked];
  fill(
    element("min-value"),
    ...values.map(
      (value) =>
        html`<option value="${value}"${value === scale.liked ? html` selected` : ""}>${value}</option>`,
    ),
  );
}

function showMenus(beginning: Preview | undefined): void {
  const count = beginning?.records[0]?.length ?? 0;
  const place = (role: number) =>
    picked === undefined ? (beginning?.columns?.[role] ?? -1) : Number(picked[role]) - 1;
  const columns = (role: number) =>
    Array.from({ length: count }, (_, c) => {
      const name = beginning?.names?.[c] ?? `column ${c + 1}`;
      return html`<option value="${c + 1}"${place(role) === c ? html` selected` : ""}>${name}</option>`;
    });
  const none = (role: number) => {
    const label = role === 2 ? "none: these are clicks" : "choose";
    const selected = place(role) < 0 ? html` selected` : "";
    return role === 2 || place(role) < 0 ? html`<option value=""${selected}>${label}</option>` : "";
  };
  const menus =
    count === 0
      ? []
      : roles.map(
          (role, i) =>
            html`<label class="field">${role === "user" ? "User" : role === "item" ? "Item" : "Rating"}
<select data-role="${i}">${none(i)}${columns(i)}</select></label> `,
        );
  const encodings = [
    ["", "UTF-8"],
    ["latin1", "Latin-1"],
    ["utf-16le", "UTF-16"],
  ];
  const encoding = html`<label class="field">Encoding <select data-role="encoding">${encodings.map(
    ([value, name]) =>
      html`<option value="${value}"${value === (format.encoding ?? "") ? html` selected` : ""}>${name}</option>`,
  )}</select></label>`;
  fill(element("menus"), ...menus, encoding);
  for (const menu of element("menus").querySelectorAll("select")) {
    menu.addEventListener("change", () => trying(element("file-problem"), changeFormat));
  }
}

async function changeFormat(): Promise<void> {
  const value = (role: string) =>
    element("menus").querySelector<HTMLSelectElement>(`[data-role="${role}"]`)?.value ?? "";
  const chosen = roles.map((_, i) => value(String(i)));
  picked = chosen;
  const encoding = value("encoding");
  const focused = document.activeElement?.getAttribute("data-role");
  forget();
  format = {
    ...(encoding === "" ? {} : { encoding }),
    ...(chosen[0] === "" || chosen[1] === "" ? {} : { columns: chosen.filter((c) => c !== "") }),
  };
  try {
    await read();
  } finally {
    element("menus").querySelector<HTMLElement>(`[data-role="${focused}"]`)?.focus();
  }
}

function previewTable(beginning: Preview | undefined): Html[] {
  if (beginning === undefined || beginning.records.length === 0) return [];
  const { names, records } = beginning;
  const role = (c: number) => roles[beginning.columns?.indexOf(c) ?? -1];
  const head = records[0].map(
    (_, c) =>
      html`<th scope="col">${isolated(names?.[c] ?? `column ${c + 1}`)}${role(c) ? html` <span class="role">${role(c)}</span>` : ""}</th>`,
  );
  return [
    html`<div class="table" tabindex="0" role="region" aria-label="The first lines"><table class="texts">
<thead><tr>${head}</tr></thead>
<tbody>${records.map((fields) => html`<tr>${fields.map((field) => html`<td>${isolated(field)}</td>`)}</tr>`)}</tbody>
</table></div>`,
  ];
}

function taskOf({ kind }: Contents): Task {
  const learn = document.querySelector<HTMLInputElement>('[name="learn"]:checked')!.value;
  if (kind === "ratings" && learn === "ratings") return { learn, seed: 0 };
  const minValue = Number(element<HTMLSelectElement>("min-value").value);
  return { learn: "clicks", seed: 0, ...(kind === "ratings" ? { minValue } : {}) };
}

async function train(): Promise<void> {
  if (contents === undefined) return;
  const button = element<HTMLButtonElement>("train");
  button.disabled = true;
  reveal(element("trained"), false);
  progress.start("starting");
  try {
    const task = taskOf(contents);
    await again;
    const update = (step: Step) => progress.update(step);
    trained = await worker.call("train", [task], update);
    places = trained.kind === "clicks" && trained.likens ? await worker.call("map", []) : [];
    await showTrained(task);
  } finally {
    progress.end();
    button.disabled = false;
  }
}

/** What was read went with the worker: it is read again, before the next training. */
function stop(): void {
  worker.stop();
  trained = undefined;
  if (file === undefined) return;
  const { name, data } = file;
  again = trying(problem, () => worker.call("read", [data, name, format]));
}

async function showTrained(task: Task): Promise<void> {
  if (trained === undefined) return;
  const found =
    trained.kind === "ratings" ? ratingSections(trained.run) : clickSections(trained.run);
  fill(element("plain"), ...found.plainWords.map((words) => html`<p>${words}</p>`));
  fill(element("tiles"), found.tiles);
  fill(
    element("sections"),
    ...found.sections
      .filter(({ shown }) => shown.length > 0)
      .map(
        ({ id, heading, shown }) =>
          html`<details><summary>${heading}</summary><div id="${id}">${shown}</div></details>`,
      ),
  );
  element("json").textContent = JSON.stringify(trained.run.result, null, 2);
  const name = file?.name ?? "ratings.csv";
  const least = task.minValue === undefined ? "" : ` --min-value ${task.minValue}`;
  element("command").textContent =
    `npx lowrank train ${quoted(name)}${optionsOf(format)}${least} --out my.model\n` +
    `npx lowrank recommend my.model USER`;
  element("how").textContent =
    trained.kind === "ratings"
      ? "Rate a few items: the recommendations change as you do. You are a new user; nothing is trained again."
      : "Choose a few items that you like: the recommendations change as you do. You are a new user; nothing is trained again.";
  choices = trained.items.slice(0, 1).map(({ id }) => ({ id, value: bestRating() }));
  reveal(element("map-section"), places.length > 0);
  reveal(element("similar-panel"), false);
  showItems();
  await showChoices();
  reveal(element("trained"));
  element("accuracy-heading").focus({ preventScroll: true });
  element("accuracy-heading").scrollIntoView({ block: "start" });
}

/** What the menus say, as options of the command. */
function optionsOf({ columns, encoding }: Format): string {
  const given = [
    ...(columns === undefined ? [] : [`--columns ${columns.join(",")}`]),
    ...(encoding === undefined ? [] : [`--encoding ${encoding}`]),
  ];
  return given.map((option) => ` ${option}`).join("");
}

const quoted = (name: string) =>
  /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

const bestRating = () => contents?.scale.high ?? 1;

function showItems(): void {
  if (trained === undefined) return;
  const wanted = element<HTMLInputElement>("search").value.trim().toLowerCase();
  const taken = new Set(choices.map(({ id }) => id));
  const found: Item[] = [];
  for (const item of trained.items) {
    if (taken.has(item.id) || !item.title.toLowerCase().includes(wanted)) continue;
    if (found.push(item) === shownItems) break;
  }
  fill(
    element("items"),
    ...(found.length > 0
      ? found.map(
          ({ id, title, users }) =>
            html`<li><button type="button" class="item" data-add="${id}">${isolated(title)}</button>
<span class="note">${amount(users, "user")}</span></li>`,
        )
      : [html`<li class="note">Nothing is called like that.</li>`]),
  );
}

function showChoices(): Promise<void> {
  const ratings = trained?.kind === "ratings";
  const titles = new Map(trained?.items.map(({ id, title }) => [id, title]));
  const values = contents?.scale.values ?? [];
  const stars = ({ id, value }: Choice, title: string) =>
    ratings && values.length > 0
      ? html`<select data-rate="${id}" aria-label="Your rating of ${title}">${values.map(
          (v) => html`<option${v === value ? html` selected` : ""}>${v}</option>`,
        )}</select> `
      : "";
  fill(
    element("chosen"),
    ...(choices.length > 0
      ? choices.map((choice) => {
          const title = titles.get(choice.id) ?? choice.id;
          return html`<li><span>${isolated(title)}</span> <span class="actions">${stars(choice, title)}<button
type="button" class="small" data-remove="${choice.id}" aria-label="Remove ${title}">Remove</button></span></li>`;
        })
      : [html`<li class="note">Nothing yet.</li>`]),
  );
  showMap();
  return showRecommended();
}

let found: Awaited<ReturnType<Recommender["recommend"]>> = [];

const showRecommended = latest(async () => {
  try {
    found = await worker.call("recommend", [choices, shownFound]);
  } catch (error) {
    if (error instanceof StoppedError) return;
    throw error;
  }
  const likens = trained?.kind === "clicks" && trained.likens;
  fill(
    element("found"),
    ...(found.length > 0
      ? found.map(
          ({
            id,
            title,
            value,
            because,
          }) => html`<li><span><button type="button" class="item" data-add="${id}"
aria-label="Choose ${title}">${isolated(title)}</button>${value === undefined ? "" : html` <b>${value.toFixed(2)}</b>`}
<span class="note">${because.length > 0 ? html`because of ${because.map((t, i) => html`${i > 0 ? " and " : ""}${isolated(t)}`)}` : ""}</span></span>
${likens ? html`<button type="button" class="small" data-similar="${id}" aria-label="Similar to ${title}">Similar</button>` : ""}</li>`,
        )
      : [html`<li class="note">Choose something first.</li>`]),
  );
  showMap();
});

function showMap(): void {
  if (places.length === 0) return;
  const chosen = new Set(choices.map(({ id }) => id));
  const recommended = new Set(found.map(({ id }) => id));
  fill(element("map"), itemsMap(places, chosen, recommended));
}

async function showSimilar(id: string): Promise<void> {
  const title = trained?.items.find((item) => item.id === id)?.title ?? id;
  const list = await worker.call("similar", [id, 8]);
  fill(element("similar-heading"), html`Similar to ${isolated(title)}`);
  fill(
    element("similar"),
    ...list.map(
      (item) =>
        html`<li><button type="button" class="item" data-add="${item.id}">${isolated(item.title)}</button></li>`,
    ),
  );
  reveal(element("similar-panel"));
  element("similar-heading").focus();
}

/** Clicks on lists that are drawn again and again. */
element("trained").addEventListener("click", (event) => {
  const button = (event.target as HTMLElement).closest("button");
  const { add, remove, similar } = button?.dataset ?? {};
  if (add !== undefined) choose(add, button!);
  if (remove !== undefined) {
    choices = choices.filter(({ id }) => id !== remove);
    showItems();
    showChoices();
    element("search").focus({ preventScroll: true });
  }
  if (similar !== undefined) void trying(problem, () => showSimilar(similar));
});

function choose(id: string, button: HTMLElement): void {
  if (choices.some((choice) => choice.id === id)) return;
  const list = button.closest(".items");
  const place = [...(list?.querySelectorAll("button") ?? [])].indexOf(button as HTMLButtonElement);
  choices = [...choices, { id, value: bestRating() }];
  showItems();
  showChoices();
  // The button is gone: the keyboard goes on at the one that has its place.
  if (list?.id === "items") {
    const buttons = list.querySelectorAll("button");
    buttons[Math.min(place, buttons.length - 1)]?.focus({ preventScroll: true });
  }
}

element("chosen").addEventListener("change", (event) => {
  const menu = event.target as HTMLSelectElement;
  choices = choices.map((choice) =>
    choice.id === menu.dataset.rate ? { ...choice, value: Number(menu.value) } : choice,
  );
  showRecommended();
});

function saveModel(): void {
  void trying(problem, async () =>
    download("my.model", await worker.call("save", []), "application/octet-stream"),
  );
}

function saveProject(): void {
  void trying(problem, async () => {
    const model = await worker.call("save", []);
    download("recommender.zip", workerProject(trained!.kind, model), "application/zip");
  });
}
