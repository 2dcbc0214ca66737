"""Python imports this before moto_server's first line, when this folder is on PYTHONPATH."""
import os

if os.environ.get("EVAC_MOTO_CLOCK"):
    import speed  # noqa: F401
    import world  # noqa: F401
if os.environ.get("EVAC_MOTO_NET"):
    import machines  # noqa: F401
