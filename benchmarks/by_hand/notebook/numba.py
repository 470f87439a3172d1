"""pandas by hand: nothing that notebooks do most needs a compiled loop."""

from by_hand.notebook.pandas import *  # noqa: F403 - the same questions
