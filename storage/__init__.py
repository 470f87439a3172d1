"""What came of it: the records of a comparison and the folder that holds them."""
