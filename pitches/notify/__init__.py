"""What people are told, by mail: said once, at the right hour, in words they can act on."""
