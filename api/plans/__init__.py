"""Plans as they are kept: asked for, made in the background, edited, published."""
