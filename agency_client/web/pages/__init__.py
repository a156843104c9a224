"""The pages by area: each module shows what use cases give, and hands what was typed to them."""
