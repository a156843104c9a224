"""The world as it is: what implements the ports."""
