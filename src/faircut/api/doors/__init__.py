"""What the doors for other services' clients have in common: how they name models, bring files, and tell of errors."""
