"""What a training step costs: `python measure/step_cost.py`. Needs torch and transformers alone."""
