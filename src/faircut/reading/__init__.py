"""Writing in pictures to text: where it stands, and what it says."""
