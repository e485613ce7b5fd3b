"""Stage 5: a budgeted search over learners and settings, on one split plan, ending in an ensemble."""
