"""The relay: accepts, holds, offers, releases and expires what it cannot read."""
