import type { IdIndex } from "./id-index.js";
import { type Id, textOf } from "./observations.js";

interface IndexedState<Settings> {
  readonly settings: Settings;
  readonly rowIds: readonly string[];
  readonly colIds: readonly string[];
  readonly colIndices: Int32Array;
  readonly duplicates: number;
}

/** What a model of rows and columns with ids was made from, whatever it predicts. */
export class IndexedModel<Settings> {
  readonly #state: IndexedState<Settings>;
  readonly #rowIndex: IdIndex;
  readonly #colIndex: IdIndex;

  /** @internal */
  constructor(state: IndexedState<Settings>, rowIndex: IdIndex, colIndex: IdIndex) {
    this.#state = state;
    this.#rowIndex = rowIndex;
    this.#colIndex = colIndex;
    // How Node prints it: what it holds is private. No method by this symbol: bundlers would keep the
    // class where nothing uses it.
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    Object.defineProperty(this, inspect, { value: () => this.toString() });
    // structuredClone and postMessage read every property: what they would make is an empty object.
    Object.defineProperty(this, "state", { enumerable: true, get: this.toJSON });
  }

  /** Its kind and its sizes. */
  toString(): string {
    const { rows, cols, observed } = this;
    return `${this.constructor.name} ${rows} x ${cols}, ${observed} entries observed`;
  }

  /** @throws TypeError always: a model in JSON would be an empty object. */
  toJSON(): never {
    const { name } = this.constructor;
    throw new TypeError(
      `${name}: a model is not copied: save() gives its bytes, which ${name}.load takes`,
    );
  }

  get rows(): number {
    return this.#state.rowIds.length;
  }

  get cols(): number {
    return this.#state.colIds.length;
  }

  /** Row ids as strings, increasing by UTF-16 code units: the order of the rows in matrices. */
  get rowIds(): readonly string[] {
    return this.#state.rowIds;
  }

  /** Column ids, likewise. */
  get colIds(): readonly string[] {
    return this.#state.colIds;
  }

  /** Entries that the model was made from, each place once. */
  get observed(): number {
    return this.#state.colIndices.length;
  }

  /** Observations beyond the first at their place. */
  get duplicates(): number {
    return this.#state.duplicates;
  }

  /** The options of the fit, defaults filled in. */
  get settings(): Readonly<Settings> {
    return this.#state.settings;
  }

  /** Whether the model knows the row. */
  hasRow(rowId: Id): boolean {
    return this.#rowIndex.has(textOf("hasRow", "rowId", rowId));
  }

  /** Whether the model knows the column. */
  hasCol(colId: Id): boolean {
    return this.#colIndex.has(textOf("hasCol", "colId", colId));
  }
}
