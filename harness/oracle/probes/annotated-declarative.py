try:
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    print(DeclarativeBase.__name__, Mapped.__name__, mapped_column.__name__)
except ImportError:
    print("ImportError")
