import { lax, nn, numpy as np } from "@jax-js/jax";
import { approximated, describeAgainstJax, exact, rounding } from "../testing/conformance.ts";
import { mathRules } from "./math.ts";

const A = [3, 4, 5];
const positive = (x: np.Array) => np.abs(x).add(0.1);

describeAgainstJax("math", mathRules, {
  "exp, log, sqrt": [
    approximated,
    [A],
    (x) => [np.exp(x.ref), np.log(positive(x.ref)), np.sqrt(positive(x))],
  ],
  "sin, cos, tan": [rounding, [A], (x) => [np.sin(x.ref), np.cos(x.ref), np.tan(x)]],
  "asin, atan": [approximated, [A], (x) => [np.asin(x.ref.mul(0.9)), np.atan(x)]],
  "floor, ceil": [exact, [A], (x) => [np.floor(x.ref.mul(3)), np.ceil(x.mul(3))]],
  "tanh, sigmoid, gelu, silu": [
    approximated,
    [A],
    (x) => [np.tanh(x.ref), nn.sigmoid(x.ref), nn.gelu(x.ref), nn.silu(x)],
  ],
  "erf, erfc": [approximated, [A], (x) => [lax.erf(x.ref), lax.erfc(x)]],
  stop_gradient: [exact, [A], (x) => [lax.stopGradient(x).mul(2)]],
});
