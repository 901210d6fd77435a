try:
    raise KeyError("k")
except KeyError:
    try:
        int("x")
    except ValueError as e:
        raise
