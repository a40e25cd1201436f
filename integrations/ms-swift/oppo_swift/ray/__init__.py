"""OPPO inside ms-swift's Megatron training on Ray. Experimental: its classes ran on CPU only, see docs/ms-swift.md.

The driver (`driver.py`) finds evidence and puts it on micro-batches; workers (`loss.py`) run the masked passes.
"""
