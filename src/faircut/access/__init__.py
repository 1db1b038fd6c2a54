"""Who may do what: API keys with scopes, and sessions of the web studio that rest on them."""

from faircut.access.keys import ApiKey, ApiKeys
from faircut.access.links import Links
from faircut.access.principal import LOCAL_OPERATOR, Principal, Scope, require
from faircut.access.sessions import Session, Sessions

__all__ = ["LOCAL_OPERATOR", "ApiKey", "ApiKeys", "Links", "Principal", "Scope", "Session", "Sessions", "require"]
