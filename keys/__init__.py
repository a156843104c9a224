"""Private keys of endpoints, managers and signatories: made, kept, rolled and destroyed."""
