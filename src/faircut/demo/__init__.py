"""The demo: Faircut's promise shown step by step on films that it draws itself, or on yours. See :func:`run_demo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faircut.demo.run import run_demo
    from faircut.demo.story import DemoReport

PLUGINS = ("faircut.demo.memoriser",)
"""The setting ``plugins`` that a Faircut needs for the demo."""

__all__ = ["PLUGINS", "DemoReport", "run_demo"]


def __getattr__(name: str) -> object:
    # An engine's process imports this package for the memoriser, and should not pay for databases and pages.
    if name == "run_demo":
        from faircut.demo.run import run_demo

        return run_demo
    if name == "DemoReport":
        from faircut.demo.story import DemoReport

        return DemoReport
    raise AttributeError(f"module 'faircut.demo' has no attribute {name!r}")
