import warnings

with warnings.catch_warnings(record=True) as given:
    warnings.simplefilter("always")
    from sqlalchemy.ext.declarative import declarative_base

    declarative_base()
print([str(one.message)[:33] for one in given if "declarative_base" in str(one.message)])
