"""Makes what the package ships: sprites, the embedded model. Not part of the wheel."""
