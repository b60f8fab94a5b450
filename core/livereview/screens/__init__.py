"""What the commands show, a module for each kind of thing. Computes nothing."""
