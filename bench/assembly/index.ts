// What a bench compares speed with: loops that do nothing but reach a limit of the machine. Compiled
// by bench/harness/compile.mjs, once without and once with relaxed SIMD.
import { registers, tallTile, unrolledTile, wideTile } from "./arithmetic";
import { stream } from "./memory";

export function heapBase(): usize {
  return __heap_base;
}

export function registers_f32(runs: i32, factor: f32, term: f32): f32 {
  return registers<f32>(runs, factor, term);
}

export function registers_f64(runs: i32, factor: f64, term: f64): f64 {
  return registers<f64>(runs, factor, term);
}

// Register tiles, rows x vectors.

export function tile4x2_f32(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  tallTile<f32>(4, runs, depth, a, b, c);
}

export function tile4x2_f64(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  tallTile<f64>(4, runs, depth, a, b, c);
}

export function tile5x2_f32(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  tallTile<f32>(5, runs, depth, a, b, c);
}

export function tile5x2_f64(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  tallTile<f64>(5, runs, depth, a, b, c);
}

export function tile6x2_f32(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  tallTile<f32>(6, runs, depth, a, b, c);
}

export function tile6x2_f64(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  tallTile<f64>(6, runs, depth, a, b, c);
}

export function tile2x4_f32(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  wideTile<f32>(2, 4, runs, depth, a, b, c);
}

export function tile2x4_f64(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  wideTile<f64>(2, 4, runs, depth, a, b, c);
}

export function tile2x4by4_f32(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  unrolledTile<f32>(runs, depth, a, b, c);
}

export function tile2x4by4_f64(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  unrolledTile<f64>(runs, depth, a, b, c);
}

export function tile3x3_f32(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  wideTile<f32>(3, 3, runs, depth, a, b, c);
}

export function tile3x3_f64(runs: i32, depth: i32, a: usize, b: usize, c: usize): void {
  wideTile<f64>(3, 3, runs, depth, a, b, c);
}

// Streams, reads and writes.

export function stream2x1(bytes: i32, data: usize): void {
  stream(2, 1, bytes, data);
}

export function stream3x2(bytes: i32, data: usize): void {
  stream(3, 2, bytes, data);
}

export function stream4x3(bytes: i32, data: usize): void {
  stream(4, 3, bytes, data);
}
