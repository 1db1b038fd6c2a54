"""The plugin that holds the built-in engines and detectors. They come through the same door as anybody's."""
