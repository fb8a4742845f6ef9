"""The shapes everything speaks in: programme, orders, duties, plan. Shapes, never rules."""
