"""Golden cases: which calls of which diffusers pipeline are recorded, and how each is written down."""
