"""C2PA Content Credentials: a signing authority of our own, the signer, the reader, and the check made of them.

An outsider verifies a released file with nothing but the root certificate, ``<home>/provenance/root.pem``::

    c2patool video.mp4 trust --trust_anchors root.pem

or, in Python, with :class:`C2paReader` over the bytes of that file. ``Trusted`` means: signed under this root and
not a byte changed since. ``Valid`` alone proves nothing about who signed.
"""

from faircut.provenance.authority import Authority, open_authority
from faircut.provenance.check import ProvenanceCheck
from faircut.provenance.reader import C2paReader, ProvenanceAction, ProvenanceReport, ProvenanceState
from faircut.provenance.signer import C2paSigner, Claim, Ingredient

__all__ = [
    "Authority",
    "C2paReader",
    "C2paSigner",
    "Claim",
    "Ingredient",
    "ProvenanceAction",
    "ProvenanceCheck",
    "ProvenanceReport",
    "ProvenanceState",
    "open_authority",
]
