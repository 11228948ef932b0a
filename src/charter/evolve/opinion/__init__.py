"""What many voices say together: weights, groups, consensus, division, each with its uncertainty.

Pure functions of tables; chance comes in as a seed.
"""
