"""Opportunities (商机, B9): pipelines with stages, moves that follow from them, board, funnel, forecast."""
