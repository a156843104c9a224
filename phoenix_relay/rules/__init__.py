"""What the relay decides, as pure functions: values and the time go in, values come out, or an error with its code."""
