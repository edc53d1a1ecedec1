// Random cases are the same ones in every run, so that what fails here fails everywhere and can be
// run again; LOWRANK_SEED, any integer, takes others.
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.LOWRANK_SEED ?? 20240604) });
