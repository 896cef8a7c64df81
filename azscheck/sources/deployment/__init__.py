"""A deployment plan: what a stamp that is not there yet will be, as an inventory like any other."""
