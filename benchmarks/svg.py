"""What the charts of the benchmarks begin with."""

from __future__ import annotations


def opening(title: str, width: int, height: int) -> list[str]:
    """The parts of an SVG document up to its title: a white sheet of this size in pixels, not closed yet."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{title}</title>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#fff"/>',
        f'<text x="24" y="34" font-size="17" fill="#111">{title}</text>',
    ]
