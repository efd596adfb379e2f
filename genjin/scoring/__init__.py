"""The score of leads and opportunities (评分, B20): how well one fits and how much it wants, told with its parts."""
