"""The Omni-Perception Loss in torch, term by term as in src/loss (TypeScript). See docs/method.md.

Importing the package loads no torch; `objective`, `terms` and `estimators` do.
"""
