"""One module a part of the web studio: read the request, ask the facade, fill a template."""
