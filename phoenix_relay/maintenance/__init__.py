"""Looking after a relay's home: what is in it, whether it is whole, copies of it, and setting it up."""
