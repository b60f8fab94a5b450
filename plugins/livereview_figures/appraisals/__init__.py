"""Appraisals: the judgements of each study as a traffic light, and how many studies have which as bars."""
