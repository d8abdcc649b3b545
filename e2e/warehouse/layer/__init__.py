"""What we put around local-bigquery 0.4.0 so that it behaves, where this project relies on it, as BigQuery does.

Each module changes one behaviour by replacing named functions of the emulator; `install()` does it. The emulator is
pinned exactly, `check` proves every behaviour, and this package is the only code that knows the emulator's insides.
"""
