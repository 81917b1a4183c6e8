"""Values of metrics: asked for, recorded, sent in, fetched and shown."""
