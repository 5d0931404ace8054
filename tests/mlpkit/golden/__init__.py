"""Golden values: PyTorch's results for the same networks, stored once, compared in every run.

`cases` describes what is computed, with numpy alone; `peer` computes it with PyTorch; ``python -m golden`` (``make
golden``) stores the results; `store` reads them. The tests compute the same cases with mlpkit. None of the modules here
knows mlpkit.
"""
