// What the programs of the pages share.
import { escapeHtml, type Html } from "../../src/cli/report/html.js";
import { StoppedError } from "./remote.js";

/** The element of the page with this id. */
export function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** Puts HTML made by the tag `html`, which escapes, into an element. */
export function fill(target: HTMLElement, ...shown: readonly Html[]): void {
  target.innerHTML = shown.map(({ text }) => text).join("");
}

/** Shows or hides. */
export function reveal(target: HTMLElement, shown = true): void {
  target.hidden = !shown;
}

/** Runs `act`, and shows what goes wrong in the element `problem`. */
export async function trying(problem: HTMLElement, act: () => unknown): Promise<void> {
  problem.hidden = true;
  try {
    await act();
  } catch (error) {
    if (error instanceof StoppedError) return;
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
}

/** A place to drop a file on, with a file picker in it: both give the file to `take`. */
export function fileDrop(place: HTMLElement, take: (file: File) => void): void {
  const input = place.querySelector("input")!;
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The same file may be picked again.
    input.value = "";
    if (file) take(file);
  });
  dropPlace(place, ({ files: [file] }) => {
    if (file) take(file);
  });
}

/** A place to drop something on. */
export function dropPlace(place: HTMLElement, take: (dropped: DataTransfer) => void): void {
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer) take(event.dataTransfer);
  });
}

/** Saves bytes as a file of the visitor's. */
export function download(name: string, bytes: Uint8Array | string, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file of the site, as `sample/ratings.csv`. @throws Error that says what to do. */
export async function siteFile(path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(/* @vite-ignore */ `../${path}`, import.meta.url));
  if (!response.ok) throw new Error(`${path} could not be loaded: load the page again`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Runs `act` for the latest request only: those that come while it runs are one, afterwards. Many quick
 * clicks so cost two runs.
 */
export function latest(act: () => Promise<void>): () => Promise<void> {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await act();
    } while (again);
    running = false;
  };
}

/** A bar that a run fills, and its stop button. */
export class ProgressBar {
  readonly #bar: HTMLProgressElement;
  readonly #text: HTMLElement;

  /** @param place - holds a progress element, an element of class `doing` and a button. */
  constructor(
    readonly place: HTMLElement,
    onStop: () => void,
  ) {
    this.#bar = place.querySelector("progress")!;
    this.#text = place.querySelector(".doing")!;
    place.querySelector("button")!.addEventListener("click", onStop);
  }

  start(text: string): void {
    this.#bar.removeAttribute("value");
    this.#text.textContent = text;
    this.place.hidden = false;
  }

  update({ step, total, text }: { step: number; total: number; text: string }): void {
    this.#bar.max = total;
    this.#bar.value = step;
    this.#text.textContent = text;
  }

  end(): void {
    this.place.hidden = true;
  }
}

/** Text for an attribute or an element that is not made by `html`. */
export const escaped = escapeHtml;
