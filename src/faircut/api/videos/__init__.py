"""The OpenAI-style ``/v1/videos`` API, spoken by us: its clients change a base URL."""
