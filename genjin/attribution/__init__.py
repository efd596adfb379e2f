"""What campaigns brought: leads, opportunities and won revenue, by the first or by the last touch."""
