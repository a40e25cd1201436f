/** Lowering rules by jax-js primitive name, one file per group of primitives. */
import { arithmeticRules } from "./arithmetic.ts";
import { castRules } from "./cast.ts";
import { choiceRules } from "./choice.ts";
import { dotRules } from "./dot.ts";
import { indexingRules } from "./indexing.ts";
import { mathRules } from "./math.ts";
import { movementRules } from "./movement.ts";
import { piecesRules } from "./pieces.ts";
import { reduceRules } from "./reduce.ts";
import type { Rules } from "./rule.ts";
import { slicingRules } from "./slicing.ts";
import { sumOfProducts } from "./sum-of-products.ts";

export const primitiveRules: Rules = {
  ...arithmeticRules,
  ...mathRules,
  ...castRules,
  ...choiceRules,
  ...reduceRules,
  reduce: (operation) => sumOfProducts(operation) ?? reduceRules.reduce(operation),
  ...dotRules,
  ...movementRules,
  ...slicingRules,
  ...piecesRules,
  ...indexingRules,
};
