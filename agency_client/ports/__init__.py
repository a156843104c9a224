"""What the use cases ask of the world: Protocols and the values that pass through them. No I/O
here.
"""
