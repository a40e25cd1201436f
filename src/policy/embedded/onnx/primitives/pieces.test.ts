import { numpy as np } from "@jax-js/jax";
import { describeAgainstJax, exact, ids, rounding } from "../testing/conformance.ts";
import { piecesRules } from "./pieces.ts";

describeAgainstJax("pieces", piecesRules, {
  concatenate: [
    exact,
    [
      [2, 5],
      [3, 5],
    ],
    (x, y) => [np.concatenate([x.ref, y.ref], 0), np.concatenate([y, x.transpose([0, 1])], 0)],
  ],
  "concatenate mixed layouts on the last axis": [
    exact,
    [
      [2, 5],
      [5, 3],
    ],
    (x, y) => [np.concatenate([x.transpose(), y], 1)],
  ],
  "concatenate types": [exact, [[3], ids([2], 9)], (x, i) => [np.concatenate([x, i], 0)]],
  pad: [exact, [[2, 3]], (x) => [np.pad(x.ref, 1), np.pad(x, { 1: [2, 0] })]],
  "sum of disjoint pads": [
    exact,
    [
      [2, 3],
      [3, 3],
    ],
    (x, y) => [
      np
        .pad(x, [
          [0, 3],
          [0, 0],
        ])
        .add(
          np.pad(y, [
            [2, 0],
            [0, 0],
          ]),
        ),
    ],
  ],
  "sum of overlapping pads": [
    rounding,
    [
      [2, 3],
      [3, 3],
    ],
    (x, y) => [
      np
        .pad(x, [
          [0, 2],
          [0, 0],
        ])
        .add(
          np.pad(y, [
            [1, 0],
            [0, 0],
          ]),
        ),
    ],
  ],
  "pads read twice": [
    exact,
    [
      [2, 3],
      [3, 3],
    ],
    (x, y) => {
      const p = np.pad(x, [
        [0, 3],
        [0, 0],
      ]);
      return [
        p.ref.add(
          np.pad(y, [
            [2, 0],
            [0, 0],
          ]),
        ),
        p.mul(2),
      ];
    },
  ],
});
