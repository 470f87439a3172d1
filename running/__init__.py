"""Where programs run: isolated process trees under limits, watched and timed."""
