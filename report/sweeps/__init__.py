"""What a sweep tells: curves, crossovers, growth, forecasts, and every form of its report."""
