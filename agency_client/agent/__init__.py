"""The agent: holds the unlocked master key for the commands of one person, for a while."""
