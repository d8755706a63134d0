"""Letters to people of the console: written when they are sent, tried again for three days, ended by one press."""
