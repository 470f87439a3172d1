"""One comparison from plan to folder: what will run, the oracle's answers, and the rounds."""
