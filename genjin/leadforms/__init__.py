"""Public lead forms (公开表单, B20): the page outside, what is submitted there, and the leads that it becomes."""
