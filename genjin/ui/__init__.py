"""Layout, components and the generic list, detail and form pages."""
