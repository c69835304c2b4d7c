"""What belongs to every page: the way in, the theme, the keys, the palette, health."""
