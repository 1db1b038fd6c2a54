"""One router a resource. Thin: read the request, call the facade, write the answer."""
