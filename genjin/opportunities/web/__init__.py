"""Pages of opportunities: board, funnel, what stands on a record's page, workbench, settings of pipelines."""

from genjin.opportunities.web import board, filling, funnel, panels, pipeline_settings, today

__all__ = ["board", "filling", "funnel", "panels", "pipeline_settings", "today"]
