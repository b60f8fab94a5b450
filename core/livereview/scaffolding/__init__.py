"""New plugin packages from templates: one small example that works for every kind of hook."""
