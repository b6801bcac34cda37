"""f, called once on Values: what the engine records, and what no program could do anew at each call."""
