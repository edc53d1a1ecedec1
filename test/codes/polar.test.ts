// Polar code, its check and its decoder: c.7 of the specification, C2 and C3.
import { expect, test } from "vitest";
import { crc8, crcBits } from "../../src/codes/crc8.js";
import { ListDecoder } from "../../src/codes/list-decoder.js";
import { PolarCode, polarTransform } from "../../src/codes/polar-code.js";
import { normal, random } from "../helpers/random.js";
