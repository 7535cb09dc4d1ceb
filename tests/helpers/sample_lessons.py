"""The published lessons that tests read where they lie beside the checkout."""

NAMES = (
    "data-viz-06",
    "if-01",
    "llm-03",
    "oral-history-03",
    "orientation-01",
    "rel-mod-03",
    "web-data-04",
)
"""Names of files in ``shared/lessons``, without their ending."""
