// Checks of optimizer options. Each names the function, what was given and what must be.

export function checkPositive(name: string, what: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) {
    throw new RangeError(`${name}: ${what} is ${value}: it must be a finite number > 0`);
  }
}

export function checkNonNegative(name: string, what: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`${name}: ${what} is ${value}: it must be a finite number >= 0`);
  }
}

/** A decay factor such as beta: 1 would never forget. */
export function checkDecayFactor(name: string, what: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${name}: ${what} is ${value}: it must be a number in [0, 1)`);
  }
}

export function checkBoolean(name: string, what: string, value: boolean): void {
  if (typeof value !== "boolean") {
    throw new TypeError(`${name}: ${what} is ${value}: it must be true or false`);
  }
}
